// ListenWatch: notices that connections are no longer accepted at an address, by connecting there itself.
//
// The kernel completes a connection whether anybody accepts it or not: so what counts is that acceptances go on.
// Internal: it shows asio. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>

namespace tideline {

class ListenWatch {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(10);

  // `place` is where this process listens.
  explicit ListenWatch(asio::ip::tcp::endpoint place);
  ~ListenWatch();
  ListenWatch(const ListenWatch&) = delete;
  ListenWatch& operator=(const ListenWatch&) = delete;

  // Connects, without waiting. `accepted` is how many connections were accepted so far. Returns false when none was for
  // longer than kPatience though this was called meanwhile.
  bool look(std::uint64_t accepted, TimePoint now);

 private:
  const asio::ip::tcp::endpoint place_;
  int fd_ = -1;  // What was connected last.
  std::uint64_t accepted_ = 0;
  std::optional<TimePoint> asked_;  // When the first was made that nobody has accepted.
};

}  // namespace tideline
