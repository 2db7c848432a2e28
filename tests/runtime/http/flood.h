// Floods of connections that a test makes against a port of this machine; bounded in number.
#pragma once

#include "tests/runtime/http/raw_client.h"

#include <sys/socket.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tideline::http {

// Connects `count` times, from four threads, and resets each connection at once, most of them before they are accepted.
// Returns how many were made.
inline int reset_connections(std::uint16_t port, int count) {
  constexpr int kThreads = 4;
  std::atomic<int> made{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < count / kThreads; ++i) {
        const RawClient client(port);
        const linger at_once{1, 0};
        ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        made += client.connected();
      }
    });
  threads.clear();
  return made;
}

}  // namespace tideline::http
