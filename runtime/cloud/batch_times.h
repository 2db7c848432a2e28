// BatchTimes: measured run times of tails of one kind for each batch size, and the choice of the next size. A value.
//
// Batch sizes are powers of two: so few sizes need measuring, and the network's data per size stays small.
#pragma once

#include "runtime/base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tideline::cloud {

class BatchTimes {
 public:
  static constexpr std::size_t kMostTogether = 256;

  // Records a run. The first run of each size does not count: the network sets up its data then. REQUIRES: `together`
  // is a power of two.
  void on_run(std::size_t together, Duration took);

  // Returns how many of `waiting` to run next: the size with the least known time per request. Tries an unknown size if
  // half or a quarter of it has paid, and regularly the next larger size. A power of two, at most `waiting`.
  std::size_t choose(std::size_t waiting) const;

  // Returns the time of a run of that size; nothing before it was measured. REQUIRES: as on_run().
  std::optional<Duration> time(std::size_t together) const;

 private:
  struct Measured {
    std::uint32_t runs = 0;
    double seconds = 0;  // A mean that weights recent runs more.
  };
  std::optional<double> each(std::size_t size) const;  // Seconds per request; size is the exponent of two.

  std::array<Measured, 9> by_size_{};  // By the exponent of two.
  std::uint32_t runs_ = 0;
};

}  // namespace tideline::cloud
