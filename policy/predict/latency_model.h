// Additive: what every plan takes now, as a sum of terms each of which is known by itself.
//
//   latency = (head * residual + encode) * edge_slowdown + wire / uplink + round trip + slow start + stall
//             + queue + tail * cloud_slowdown
//
// So one observed request, which tells some of the factors, tells of every plan. Head, encode, wire, queue and tail are
// those of the table's unstressed cell. Its other cells tell what the sum does not know: what a plan's network takes
// beyond wire, rate and round trip, also under load, and by how much the wire is slower than the sensor of the rate
// says (calibration.h). Immutable. Thread-safe.
#pragma once

#include "policy/plan/conditions.h"
#include "policy/predict/calibration.h"
#include "policy/table/table.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tideline {

struct PredictedTerms {
  Duration head{};  // Edge, as is the next.
  Duration encode{};
  Duration upload{};      // The bytes at the rate of now.
  Duration round_trip{};  // With what this plan's network takes beyond that, whatever the rate.
  Duration slow_start{};  // Round trips more, because TCP may not send all at once.
  Duration stall{};       // Because the uplink stands still, or did just now.
  Duration queue{};
  Duration tail{};  // Cloud; of edge-only: edge.

  // What goes by between sending and the answer.
  Duration remote() const { return upload + round_trip + slow_start + stall + queue + tail; }
  Duration total() const { return head + encode + remote(); }
};

struct Prediction {
  const Estimate* estimate = nullptr;  // Of the unstressed cell: the plan, and what it was measured to take there.
  PredictedTerms mean;
  Duration p95{};    // Of the total, by how unsure the uplink is and by how much the plan's latency was seen to vary.
  Duration local{};  // What the rest would take here, once the tensors are encoded; zero where that is not known.
};

struct Predictions {
  std::vector<Prediction> plans;          // In the table's order.
  std::vector<std::string_view> lacking;  // Readings that are absent, and taken to be as in the unstressed cell.
};

// By cut: measured head time over the product of table and slowdown. Empty, or short: 1.
using HeadResiduals = std::vector<double>;

class LatencyModel {
 public:
  // REQUIRES: `table` is not null.
  explicit LatencyModel(std::shared_ptr<const PartitionTable> table);

  Predictions predict(const Conditions& now, const HeadResiduals& residuals = {}) const;

  const PartitionTable& table() const { return *table_; }
  // Returns what the network of the plan with that place takes beyond wire, rate and round trip.
  Duration overhead(std::size_t plan) const { return overheads_[plan]; }
  // Returns by how much the wire is slower than the sensor says; 1 where the table does not tell.
  double slower() const { return slower_; }

 private:
  Prediction predict(std::size_t plan, const Conditions& now, double residual) const;
  Duration stall(const Conditions& now, Duration local) const;

  const std::shared_ptr<const PartitionTable> table_;
  const Estimate* whole_ = nullptr;  // Edge-only; null where the table does not have it.
  double slower_ = 1;
  std::vector<Duration> overheads_;
  EdgeLoad load_;
};

// Returns `model.predict(now)` of a model of `table`.
Predictions predict(const PartitionTable& table, const Conditions& now);

// Returns the unstressed cell with its means and p95 as they are predicted; `seen` is `now`.
Cell cell_of(const Predictions& predictions, const Conditions& now);

}  // namespace tideline
