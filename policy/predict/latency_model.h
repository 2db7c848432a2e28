// LatencyModel: predicts the latency of every plan under the current conditions, as a sum of terms.
//
//   latency = (head * residual + encode) * edge_slowdown + wire * ratio / uplink + round trip + slow start + stall
//             + queue + tail * residual * cloud_slowdown
//
// One observed request updates some factors, and thereby the predictions of all plans. Head, encode, wire, queue and
// tail come from the table's unstressed cell. Its other cells show what the sum lacks (calibration.h): the network time
// beyond wire, rate and round trip, also under load, and the error of the rate sensor. `ratio` is that of the bytes
// that requests send now to those of the table (wire_ratios.h). Immutable. Thread-safe.
//
//   const LatencyModel model(table);
//   const Predictions predictions = model.predict(telemetry.read(now).now);
//   for (const Prediction& p : predictions.plans)
//     log("cut {}: {}", p.estimate->plan.cut, to_string(p.mean.total()));
#pragma once

#include "policy/plan/conditions.h"
#include "policy/predict/calibration.h"
#include "policy/predict/residuals.h"
#include "policy/predict/wire_ratios.h"
#include "policy/table/table.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tideline::predict {

struct PredictedTerms {
  Duration head{};        // On the edge.
  Duration encode{};      // On the edge.
  Duration upload{};      // Bytes at the current rate.
  Duration round_trip{};  // Plus this plan's network time that does not depend on the rate.
  Duration slow_start{};  // Extra round trips, because TCP may not send all at once.
  Duration stall{};       // Because the uplink stalls, or has just stalled.
  Duration queue{};
  Duration tail{};  // In the cloud; of edge-only: on the edge.

  // The time between sending and the answer.
  Duration remote() const { return upload + round_trip + slow_start + stall + queue + tail; }
  Duration total() const { return head + encode + remote(); }
};

struct Prediction {
  const table::Estimate* estimate = nullptr;  // The plan and its measured values in the unstressed cell.
  PredictedTerms mean;
  // Of the total, from the uncertainty of the uplink and of the bytes, and from the measured variation of the plan.
  Duration p95{};
  Duration local{};  // Time to finish on the edge, once the tensors are encoded; zero if unknown.
  Bytes wire{};      // The expected bytes on the link.
};

struct Predictions {
  std::vector<Prediction> plans;          // In the table's order.
  std::vector<std::string_view> lacking;  // Absent readings, assumed to be as in the unstressed cell.
};

class LatencyModel {
 public:
  // REQUIRES: `table` is not null.
  explicit LatencyModel(std::shared_ptr<const table::PartitionTable> table);

  Predictions predict(const plan::Conditions& now, const Residuals& residuals = {},
                      const WireRatios& ratios = {}) const;

  const table::PartitionTable& table() const { return *table_; }
  // Returns the network time of that plan beyond wire, rate and round trip.
  Duration overhead(std::size_t plan) const { return overheads_[plan]; }
  // Returns by which factor the wire is slower than the sensor's rate; 1 if the table does not show it.
  double slower() const { return slower_; }

 private:
  Prediction predict(std::size_t plan, const plan::Conditions& now, const Residuals& residuals,
                     const WireRatio& ratio) const;
  Duration stall(const plan::Conditions& now, Duration local) const;

  const std::shared_ptr<const table::PartitionTable> table_;
  const table::Estimate* whole_ = nullptr;  // Edge-only; null if the table does not have it.
  double slower_ = 1;
  std::vector<Duration> overheads_;
  EdgeLoad load_;
};

// Returns `predict(now)` of a LatencyModel of `table`.
Predictions predict(const table::PartitionTable& table, const plan::Conditions& now);

// Returns the unstressed cell with predicted means, p95 and bytes; its `seen` is `now`.
table::Cell cell_of(const Predictions& predictions, const plan::Conditions& now);

}  // namespace tideline::predict
