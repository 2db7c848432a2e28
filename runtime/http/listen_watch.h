// ListenWatch: detects that this process no longer accepts connections at its address, by connecting there itself.
//
// The kernel completes a connection even if the process does not accept it. So the watch compares counts of accepted
// connections. Internal: it shows asio. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>

namespace tideline::http {

class ListenWatch {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(10);

  // `place` is the address at which this process listens.
  explicit ListenWatch(asio::ip::tcp::endpoint place);
  ~ListenWatch();
  ListenWatch(const ListenWatch&) = delete;
  ListenWatch& operator=(const ListenWatch&) = delete;

  // Connects, without waiting. `accepted` is the number of connections accepted so far. Returns false if it has not
  // grown for longer than kPatience although look() was called meanwhile.
  bool look(std::uint64_t accepted, TimePoint now);

 private:
  const asio::ip::tcp::endpoint place_;
  int fd_ = -1;  // The last connection.
  std::uint64_t accepted_ = 0;
  std::optional<TimePoint> asked_;  // When the first connection was made that is not accepted yet.
};

}  // namespace tideline::http
