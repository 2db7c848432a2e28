// Separable: predicts every cell of a grid from the cells in which only one side is stressed.
//
// A request is a sum: head and encoding depend on the edge, the transfer on the link, the tail on the cloud. term_fit.h
// and link_fit.h fit these parts. A value. Thread-safe after construction.
#pragma once

#include "policy/table/quality.h"
#include "profiler/fit/link_fit.h"
#include "profiler/fit/sides.h"
#include "profiler/fit/term_fit.h"
#include "profiler/journal/sample.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline::fit {

class Separable {
 public:
  struct Prediction {
    table::Terms mean;
    table::Terms error;  // Standard errors.
  };

  // Fits the samples of cells in which at most one side is stressed, and ignores the others. Returns invalid if the
  // baseline lacks a candidate.
  // Cells that were kept are related to the former baseline. `floor` is the campaign's noise floor: how much a cell
  // differs from one visit to another. 0 if it is not known.
  static Result<Separable> fit(const journal::Context& context, std::span<const journal::Sample> samples,
                               const journal::Kept& kept = {}, double floor = 0);

  // Returns why a cell cannot be predicted; nothing if it can.
  std::optional<std::string> missing(std::uint32_t cell) const;
  // REQUIRES: missing(cell) returns nothing.
  Prediction predict(std::uint32_t cell, std::uint32_t candidate) const;
  Bytes wire(std::uint32_t candidate) const;

  const Sides& sides() const { return sides_; }
  TermFit& head() { return *head_; }
  TermFit& tail() { return *tail_; }
  const TermFit& head() const { return *head_; }
  const TermFit& tail() const { return *tail_; }

 private:
  Separable() = default;
  void fit_link_side(std::span<const journal::Sample> samples, const journal::Kept& kept);
  // Returns by how many nanoseconds a transfer took longer than the link predicts, in the cells that `counts` selects.
  template <typename Counts>
  std::vector<double> longer(std::span<const journal::Sample> samples, Counts counts) const;
  bool crosses(std::uint32_t candidate) const { return cuts_[candidate] + 1 < all_cuts_; }

  Sides sides_;
  std::vector<std::uint32_t> cuts_;  // By candidate.
  std::uint32_t all_cuts_ = 0;
  std::vector<double> wire_;  // Bytes, by candidate.
  std::optional<TermFit> head_, encode_, tail_;
  std::vector<std::optional<LinkFit>> links_;         // By condition of the link, as are the means below.
  std::vector<double> link_means_;                    // Mean transfer time over the line's prediction.
  std::vector<double> network_edge_, network_cloud_;  // Nanoseconds that a side's stress adds to the network,
  std::vector<double> queue_edge_, queue_cloud_;      // and to the queue.
  std::vector<double> queue_;                         // By candidate, in the baseline.
};

}  // namespace tideline::fit
