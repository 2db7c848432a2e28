// PartitionTable: what every plan costs under every measured condition, and how surely.
//
// Immutable and never empty: it has at least one cell, the first of which is the unstressed one, and every cell holds
// an estimate for the same plans in the same order. The edge-only plan is among them, unless the edge that was measured
// cannot hold the whole network. Bound to one model by digest. Thread-safe. Its file format is in policy/README.md.
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
#include <string_view>
#include <vector>

namespace tideline {

// Where the time of one inference goes. Latency is their sum.
struct Terms {
  Duration head{};     // Edge: running [0, cut), waiting for its turn excluded.
  Duration encode{};   // Edge: tensor to wire form.
  Duration network{};  // Both ways: from send to answer, less what the cloud spent in between.
  Duration queue{};    // Waiting for a turn to compute, on either side.
  Duration tail{};     // Cloud (or edge, for edge-only): decoding and running [cut, end).

  Duration total() const { return head + encode + network + queue + tail; }
  bool operator==(const Terms&) const = default;
};

struct Estimate {
  Plan plan;
  std::string cut_name;
  Bytes wire;  // What crosses the link per request, headers excluded.
  Terms mean;
  Duration p95{};                      // Of the total.
  Duration ci95{};                     // Half width of the 95 % confidence interval of the mean total.
  std::uint32_t samples = 0;           // Of the plan in this cell; where it was predicted, in the whole campaign.
  std::optional<Agreement> agreement;  // Absent when it was not measured.
  Terms ci95_terms;                    // The same half width of each term's mean.

  bool operator==(const Estimate&) const = default;
};

struct Cell {
  Stress asked;
  Conditions seen;  // The sensors' medians while the cell was measured.
  std::vector<Estimate> estimates;
  std::optional<Stress> achieved;    // What was reached of what was asked; absent when the cell was predicted.
  std::vector<std::string> remarks;  // What fell short while it was measured.

  // Returns the estimate of `plan`, or nullptr when the table does not have it.
  const Estimate* find(const Plan& plan) const;
  // Returns the estimate with the smallest mean total among those that `allowed` accepts; nullptr when none is.
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
    Precisions precisions;
    Quality quality;

    bool operator==(const Origin&) const = default;
  };

  // Returns invalid, with the reason, unless `cells` keeps what this header promises and every plan is one of the
  // model.
  static Result<PartitionTable> make(Origin origin, std::vector<Cell> cells);

  // JSON, as policy/README.md describes it. parse() names what is wrong and where.
  static Result<PartitionTable> parse(std::string_view json);
  std::string to_json() const;

  const Origin& origin() const { return origin_; }
  std::span<const Cell> cells() const { return cells_; }
  const Cell& unstressed() const { return cells_.front(); }
  Plan edge_only() const { return {origin_.model, origin_.cuts - 1, Codec::fp32}; }

  // Returns the cell whose readings lie nearest to `now`: the sum over the readings that both have of squared
  // differences, of logarithms for uplink and slowdowns, and for the round trip with 10 ms added, below which
  // none matters; of shares for memory. Ties go to the earlier cell.
  const Cell& nearest(const Conditions& now) const;

  bool operator==(const PartitionTable&) const = default;

 private:
  PartitionTable(Origin origin, std::vector<Cell> cells) : origin_(std::move(origin)), cells_(std::move(cells)) {}

  Origin origin_;
  std::vector<Cell> cells_;
};

}  // namespace tideline
