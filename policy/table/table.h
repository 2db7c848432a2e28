// PartitionTable: the measured cost of every plan under every measured condition, with its uncertainty.
//
// Immutable and never empty: it has at least one cell, and the first cell is the unstressed one. Every cell holds an
// estimate for the same plans in the same order. The edge-only plan is among them, unless the measured edge cannot hold
// the whole network. Bound to one model by digest. Thread-safe. table_json.h reads and writes its files.
//
//   Result<PartitionTable> table = parse_table(text);
//   if (!table) return table.error();
//   const Cell& cell = table->nearest(conditions);
//   const Estimate* best = cell.best([&](const Plan& plan) { return constraints.allows(plan); });
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/plan/plan.h"
#include "policy/plan/stress.h"
#include "policy/table/quality.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline::table {

// The parts of an inference's latency. Latency is their sum.
struct Terms {
  Duration head{};     // Edge: running [0, cut), without the wait for a compute slot.
  Duration encode{};   // Edge: decoding an image, and giving what crosses its wire form.
  Duration network{};  // Both ways: from send to answer, minus the cloud's time in between.
  Duration queue{};    // Waiting for a compute slot, on either side.
  Duration tail{};     // Cloud (or edge, for edge-only): decoding and running [cut, end).

  Duration total() const { return head + encode + network + queue + tail; }
  bool operator==(const Terms&) const = default;
};

struct Estimate {
  plan::Plan plan;
  std::string cut_name;
  Bytes wire;  // Bytes on the link per request, without headers.
  Terms mean;
  Duration p95{};                            // Of the total.
  Duration ci95{};                           // Half width of the 95 % confidence interval of the mean total.
  std::uint32_t samples = 0;                 // Of the plan in this cell; in a predicted cell, of the whole campaign.
  std::optional<plan::Agreement> agreement;  // Absent if it was not measured.
  Terms ci95_terms;                          // The same half width of each term's mean.
  // Mean bytes of a frame of a stream, after the first. Absent if it was not measured, or the codec is not one of
  // steps.
  std::optional<Bytes> stream{};

  // One measurement says nothing of how far off its mean is: then ci95 and ci95_terms are zero, and mean nothing.
  bool has_interval() const { return samples > 1; }

  bool operator==(const Estimate&) const = default;
};

struct Cell {
  plan::Stress asked;
  plan::Conditions seen;  // The sensors' medians while the cell was measured.
  std::vector<Estimate> estimates;
  std::optional<plan::Stress> achieved;  // The stress that was really imposed; absent in a predicted cell.
  std::vector<std::string> remarks;      // Shortfalls during the measurement.

  // Returns the estimate of `plan`, or nullptr if the table does not have it.
  const Estimate* find(const plan::Plan& plan) const;
  // Returns the estimate with the smallest mean total among the plans that `allowed` accepts; nullptr if there is none.
  template <typename Allowed>
  const Estimate* best(Allowed allowed) const {
    const Estimate* best = nullptr;
    for (const Estimate& e : estimates)
      if (allowed(e.plan) && (!best || e.mean.total() < best->mean.total())) best = &e;
    return best;
  }
  bool operator==(const Cell&) const = default;
};

class PartitionTable {
 public:
  struct Origin {
    std::string model;  // Digest.
    std::string model_name;
    std::uint32_t cuts = 0;                   // Number of cuts of the model; the last, cuts - 1, is edge-only.
    std::string method;                       // "exhaustive", "separable"
    std::string created;                      // ISO 8601, UTC.
    std::map<std::string, std::string> edge;  // Fingerprint: cpu, cores, memory, kernel, libtorch, blas, threads.
    std::map<std::string, std::string> cloud;
    plan::Precisions precisions;
    Quality quality;
    std::string inputs;    // Over which the plans were measured, as "190 images"; empty: random numbers.
    std::string sequence;  // Over which the bytes in a stream were measured, as "40 frames"; empty: not measured.

    bool has_real_inputs() const { return plan::are_real(inputs); }
    bool operator==(const Origin&) const = default;
  };

  // Returns invalid, with the reason, unless `cells` satisfies the promises of this header and every plan is of the
  // model.
  static Result<PartitionTable> make(Origin origin, std::vector<Cell> cells);

  const Origin& origin() const { return origin_; }
  std::span<const Cell> cells() const { return cells_; }
  const Cell& unstressed() const { return cells_.front(); }
  plan::Plan edge_only() const { return {origin_.model, origin_.cuts - 1, plan::Codec::fp32}; }
  bool takes_images() const;  // True iff the model takes images: some plan sends them.

  // Returns the cell with the nearest readings to `now`. The distance is a sum of squared differences over the readings
  // that both have: of logarithms for uplink and slowdowns, of the logarithm of (RTT + 10 ms), as smaller RTTs do not
  // matter, and of shares for memory. The earlier cell wins a tie.
  const Cell& nearest(const plan::Conditions& now) const;

  bool operator==(const PartitionTable&) const = default;

 private:
  PartitionTable(Origin origin, std::vector<Cell> cells) : origin_(std::move(origin)), cells_(std::move(cells)) {}

  Origin origin_;
  std::vector<Cell> cells_;
};

}  // namespace tideline::table
