// Pace: what the steps of a campaign take, by what they have taken so far. Seconds.
//
// A run that was made in a cell takes there what it took on average. One that was not is estimated: the plan's time
// without load, times a guess for the cell's loads, and its bytes over the cell's uplink. The ratio of what runs took
// to such estimates corrects those that follow: first that of the same cell, else that of all. Comparisons and streams
// are corrected in the same way. A value. Belongs to one thread.
//
//   Pace pace(context);
//   pace.ran_free(candidate, 0.03);  // Before anything is imposed.
//   pace.ran(cell, candidate, 0.12);
//   const double next = pace.run(cell, other) + pace.imposing(cell);
#pragma once

#include "profiler/journal/sample.h"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace tideline::campaign {

class Pace {
 public:
  // `context` must outlive this.
  explicit Pace(const journal::Context& context);

  void ran_free(std::uint32_t candidate, double seconds);  // Where nothing is imposed.
  void ran(std::uint32_t cell, std::uint32_t candidate, double seconds);
  void imposed(std::uint32_t cell, double seconds);
  void compared(std::span<const std::uint32_t> candidates, double seconds);
  void streamed(std::span<const std::uint32_t> candidates, double seconds);

  double run(std::uint32_t cell, std::uint32_t candidate) const;
  double imposing(std::uint32_t cell) const;
  double comparing(std::span<const std::uint32_t> candidates) const;
  double streaming(std::span<const std::uint32_t> candidates) const;

 private:
  struct Mean {
    double sum = 0;
    std::uint32_t count = 0;
    void add(double value) { sum += value, ++count; }
    double of(double otherwise) const { return count > 0 ? sum / count : otherwise; }
  };
  struct Ratio {
    double taken = 0, estimated = 0;
    bool known() const { return taken > 0 && estimated > 0; }
    double of(double otherwise) const { return known() ? taken / estimated : otherwise; }
  };

  double without_load(std::uint32_t candidate) const;
  double estimate(std::uint32_t cell, std::uint32_t candidate) const;
  double once_each(std::span<const std::uint32_t> candidates) const;

  const journal::Context* context_;
  std::vector<Mean> free_;  // By candidate.
  Mean all_free_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Mean> runs_;  // By cell and candidate.
  std::map<std::uint32_t, Ratio> cells_;
  Ratio all_cells_, comparisons_, streams_;
  Mean with_memory_, without_memory_;  // Imposing.
};

}  // namespace tideline::campaign
