// ConnectionSetting: the settings of a CloudConnection, and its callbacks to the Reconnector.
//
// A value. The callbacks run on the I/O thread, and must return quickly.
#pragma once

#include "runtime/link/tcp_link.h"
#include "runtime/wire/connection_mark.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tideline::link {

struct ConnectionSetting {
  const TcpLink::Options& options;
  LinkListener* listener;                              // May be null.
  std::atomic<std::uint64_t>& next_id;                 // Shared by all requests of this link.
  std::function<void(std::string reason)> on_goodbye;  // The cloud takes no more requests.
  // The cloud is overloaded for so long, for tails of that priority and lower ones.
  std::function<void(Priority priority, Duration time)> on_busy;
  std::function<void(Duration so_far)> on_silence;  // The cloud does not respond: proceed without it.
  std::function<void()> on_speech;                  // It responds again.
  std::shared_ptr<wire::ConnectionMark> mark = std::make_shared<wire::ConnectionMark>();  // Of this connection.
};

}  // namespace tideline::link
