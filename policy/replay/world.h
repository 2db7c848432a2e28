// World: what every plan takes in truth, at any moment of a bandwidth and a CPU trace.
//
// Made from a table, but not by what a policy believes of it: the whole edge and cloud are off by a factor, every layer
// by one of its own, a neighbour that no sensor names takes its share for a while, every request varies, and an upload
// takes what the trace lets through while it runs, window by window. All of it follows from the seed; requests do not
// disturb one another. Immutable. Thread-safe.
#pragma once

#include "policy/predict/calibration.h"
#include "policy/replay/trace.h"
#include "policy/table/table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tideline::replay {

struct Perturbation {         // Standard deviations of logarithms.
  double edge = 0.25;  // Of the table for the whole edge.
  double cloud = 0.1;
  double layer = 0.08;
  double neighbour = 0.25;  // Drawn anew every neighbour_for.
  double request = 0.03;
  double bytes = 0.03;  // Of what crosses.
  Seconds neighbour_for = 20;

  bool operator==(const Perturbation&) const = default;
};

struct ReplaySetting {
  std::uint64_t seed = 1;
  Seconds rtt = 0.03;
  // What TCP sends at once when a request comes; absent: as much as the way takes. See window_at().
  std::optional<Bytes> window;
  double full_load = 4;  // Slowdown of the edge when its CPU is busy all the time, where the table has measured none.
  Perturbation wrong;
};

// Returns what TCP sends at once where requests come at that rate: after a rest longer than its retransmission timeout
// (here 200 ms and a round trip) Linux begins anew with ten segments (RFC 5681 4.1, RFC 6928); else it goes on.
std::optional<Bytes> window_at(double requests_per_second, Seconds rtt);

// When what happens to one request that begins at a moment, served by one plan; absolute times.
struct RequestTimeline {
  Seconds head = 0;      // How long.
  Seconds encode = 0;    // How long.
  Seconds sent = 0;      // Head and encoding done.
  Seconds half = 0;      // What counts for the rate begins to arrive.
  Seconds uploaded = 0;  // The last byte is there.
  Seconds answer = 0;    // The answer is here; of edge-only: the end.
  Seconds queue = 0;     // Waiting for a compute slot in the cloud, how long.
  Seconds tail = 0;      // In the cloud, how long.
  Seconds local = 0;     // The tail on the edge, how long.
  double counted = 0;    // Bytes, by which the rate is told.
};

class World {
 public:
  // `cpu` may be null: an idle edge. REQUIRES: the kinds fit; all outlive this.
  World(std::shared_ptr<const PartitionTable> table, const Trace* bandwidth, const Trace* cpu, ReplaySetting setting);

  std::size_t plans() const { return truths_.size(); }
  bool sends(std::size_t plan) const { return truths_[plan].bytes > 0 || !truths_[plan].whole; }
  const PartitionTable& table() const { return *table_; }
  const std::shared_ptr<const PartitionTable>& shared_table() const { return table_; }
  const Trace& bandwidth() const { return *bandwidth_; }
  const ReplaySetting& setting() const { return setting_; }

  // What request number `request`, which begins at `at`, takes by each plan. `courses` gets one of each.
  void courses(std::uint64_t request, Seconds at, std::vector<RequestTimeline>& courses) const;
  RequestTimeline course(std::size_t plan, std::uint64_t request, Seconds at) const;

  // The arrival of `bytes` that are sent at `from`; `half`, where given: of what is left once `first` have come.
  Seconds upload(double bytes, Seconds from, double first = 0, Seconds* half = nullptr) const;

  // How long after `sent` it is told that an upload stands still, which is through at `uploaded`; infinite where it
  // does not within `most`.
  Seconds dark_after(Seconds sent, Seconds uploaded, Seconds most) const;

  double slowdown(Seconds at) const;  // Of the edge, the neighbour included, beside an idle edge.
  // What the plan takes if all stays as it is at `at`, by one who knows the truth; infinite where the link is dark.
  Seconds steady(std::size_t plan, Seconds at) const;
  Seconds true_head(std::size_t plan) const { return truths_[plan].head; }  // On an idle edge.

 private:
  struct Truth {
    Seconds head = 0, encode = 0, queue = 0, tail = 0, local = 0, overhead = 0;
    double bytes = 0;
    bool whole = false;  // Edge-only.
  };
  struct Dice {  // How one request differs from the mean.
    double edge = 1, cloud = 1, bytes = 1;
  };
  Dice dice(std::uint64_t request) const;
  RequestTimeline run(const Truth& truth, const Dice& dice, Seconds at, double slow) const;
  double load_slowdown(double share) const;

  const std::shared_ptr<const PartitionTable> table_;
  const Trace* const bandwidth_;
  const Trace* const cpu_;
  const ReplaySetting setting_;
  std::vector<Truth> truths_;
  EdgeLoad load_;
  std::vector<std::pair<double, double>> loads_;  // Share of CPU and slowdown, as the table has measured them; rising.
};

}  // namespace tideline::replay
