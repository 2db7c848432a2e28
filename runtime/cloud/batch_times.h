// BatchTimes: how long tails of one kind take, alone and so many together, as measured while serving. A value.
//
// Only powers of two run together: few sizes, so that each is soon known, and what a network keeps for every size stays
// little.
#pragma once

#include "runtime/base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tideline {

class BatchTimes {
 public:
  static constexpr std::size_t kMostTogether = 256;

  // The first run of each size is not counted: networks make then what they keep. REQUIRES: together is a power of two.
  void on_run(std::size_t together, Duration took);

  // Returns how many of `waiting` to run next: as many as take the least time each, as far as is known; a size that is
  // not known yet where half of it, or a quarter, has paid, and now and then in any case. A power of two, at most
  // `waiting`.
  std::size_t choose(std::size_t waiting) const;

  // Returns the time of a run of so many; nothing before it was measured. REQUIRES: as on_run().
  std::optional<Duration> time(std::size_t together) const;

 private:
  struct Measured {
    std::uint32_t runs = 0;
    double seconds = 0;  // A mean in which what is older counts less.
  };
  std::optional<double> each(std::size_t size) const;  // Seconds per request; size is the exponent of two.

  std::array<Measured, 9> by_size_{};  // By the exponent of two.
  std::uint32_t runs_ = 0;
};

}  // namespace tideline
