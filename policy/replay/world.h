// World: the true timeline of every plan, at any moment of a bandwidth trace and a CPU trace.
//
// It is made from a table, but deviates from it in ways that no policy knows. Edge and cloud are off by a factor each,
// and so is every layer. A hidden neighbour slows the edge for a while, and every request varies. An upload takes the
// time in which the trace lets its bytes through, window by window. All of it follows from the seed.
//
// A request passes three stages: edge, uplink, cloud. Each is asked at the time when it begins, because requests wait
// for one another (machines.h); course() is a request that waits for none. Immutable. Thread-safe.
//
//   const World world(table, &bandwidth, nullptr, {.seed = 1});
//   std::vector<RequestTimeline> courses;
//   world.courses(0, 12.5, courses);                   // Request 0 begins 12.5 s after the start.
//   const Seconds latency = courses[2].answer - 12.5;  // By the table's third plan.
#pragma once

#include "policy/dispatch/edge_work.h"
#include "policy/dispatch/offer.h"
#include "policy/predict/calibration.h"
#include "policy/replay/trace.h"
#include "policy/table/table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tideline::replay {

struct Perturbation {  // Standard deviations of logarithms.
  double edge = 0.25;  // Error of the table for the whole edge.
  double cloud = 0.1;
  double layer = 0.08;
  double network = 0.2;     // Of the time beyond bytes, rate and round trip; one error for each plan.
  double neighbour = 0.25;  // Redrawn every neighbour_for.
  double request = 0.03;
  double bytes = 0.03;  // Of the sent bytes.
  Seconds neighbour_for = 20;

  bool operator==(const Perturbation&) const = default;
};

// Returns those of a world that is as this cell says: only requests vary, as the median plan's did when it was
// measured. Its 95th percentile is taken as that of a log-normal variable.
Perturbation as_measured(const table::Cell& cell);

// From a moment on, the edge or tails in the cloud take so many times as long: a change that no table knows.
struct Change {
  Seconds at = 0;
  double edge = 1;
  double tail = 1;
  std::optional<std::size_t> plan{};  // Whose tail; absent: every one.
};

struct ReplaySetting {
  std::uint64_t seed = 1;
  Seconds rtt = 0.03;
  // Bytes that TCP sends at once when a request comes; absent: as many as fill the link. See window_at().
  std::optional<Bytes> window;
  double full_load = 4;  // Slowdown of a fully busy edge, if the table has no measured one.
  dispatch::Slots slots;
  Perturbation wrong;
  std::optional<Change> change{};
  // What requests compute on the edge, as a live edge has seen it; absent: what the table says, and nothing beside it.
  // REQUIRES: it knows the cores, and a plan of the table.
  std::optional<dispatch::WorkSeen> work{};
};

// Returns the bytes that TCP sends at once at this request rate. After a pause longer than its retransmission timeout
// (here 200 ms plus a round trip) Linux restarts with ten segments (RFC 5681 4.1, RFC 6928). Else returns nothing.
std::optional<Bytes> window_at(double requests_per_second, Seconds rtt);

// How one request deviates from the mean.
struct Dice {
  double edge = 1, cloud = 1, bytes = 1;
};

// When the steps of a request happen by one plan; absolute times, unless marked as a duration.
struct RequestTimeline {
  Seconds head = 0;      // Duration.
  Seconds encode = 0;    // Duration.
  Seconds sent = 0;      // Head and encoding are done; once the upload begins: when it does.
  Seconds half = 0;      // The part that counts for the rate begins to arrive.
  Seconds uploaded = 0;  // The last byte arrives.
  Seconds answer = 0;    // The answer arrives; of edge-only: the end.
  Seconds queue = 0;     // Duration of the wait for a compute slot in the cloud.
  Seconds tail = 0;      // Duration in the cloud.
  Seconds rest = 0;      // Duration of the round trip, and of what else delays an answer.
  Seconds local = 0;     // Duration of the tail on the edge.
  double bytes = 0;      // Sent.
  double counted = 0;    // Bytes that count for the rate.
};

class World {
 public:
  // `cpu` may be null: an idle edge. REQUIRES: each trace is of its kind, and all arguments outlive this.
  World(std::shared_ptr<const table::PartitionTable> table, const Trace* bandwidth, const Trace* cpu,
        ReplaySetting setting);

  std::size_t plans() const { return truths_.size(); }
  bool sends(std::size_t plan) const { return truths_[plan].bytes > 0 || !truths_[plan].whole; }
  const table::PartitionTable& table() const { return *table_; }
  const std::shared_ptr<const table::PartitionTable>& shared_table() const { return table_; }
  const Trace& bandwidth() const { return *bandwidth_; }
  const ReplaySetting& setting() const { return setting_; }
  // Returns how far the edge may be ahead of a CPU quota; see dispatch::WorkSeen.
  Duration ahead() const { return setting_.work ? setting_.work->ahead(setting_.slots.edge) : Duration{}; }

  Dice dice(std::uint64_t request) const;

  // Stage by stage. The head begins at `at`; sets durations, bytes, `sent`, and of edge-only the end.
  RequestTimeline begin_head(std::size_t plan, const Dice& dice, Seconds at) const;
  // The upload begins at `at`; sets when it arrives.
  void begin_upload(RequestTimeline& course, Seconds at) const;
  // A compute slot of the cloud is free at `at`; sets queue and answer. REQUIRES: the upload and the table's own queue
  // are over.
  void begin_tail(RequestTimeline& course, Seconds at) const;
  // Returns true iff the plan needs a compute slot of the edge before it sends (plan::needs_slot()).
  bool computes_here(std::size_t plan) const { return truths_[plan].computes_here; }
  // Returns for how long a request that begins at `at` occupies the edge in the long run; 0 if that is not known. It
  // may be longer than its runs take. Of one that needs no slot: the edge beside the slots.
  Seconds occupies(std::size_t plan, const Dice& dice, Seconds at) const;
  Seconds occupies(const plan::Plan& plan) const;  // The mean of an idle edge.
  // The same of a tail that runs here.
  Seconds tail_occupies(std::size_t plan, const Dice& dice, Seconds at) const;
  // Returns the CPU time that its runs take; 0 if that is not known.
  Duration computed(std::size_t plan) const { return truths_[plan].computed; }

  // Sets `courses` to the timelines by each plan of request number `request`, which begins at `at` and waits for no
  // other.
  void courses(std::uint64_t request, Seconds at, std::vector<RequestTimeline>& courses) const;
  RequestTimeline course(std::size_t plan, const Dice& dice, Seconds at) const;

  // Returns when `bytes` sent at `from` have arrived. `half`, if given, is set to when `first` bytes have arrived.
  Seconds upload(double bytes, Seconds from, double first = 0, Seconds* half = nullptr) const;

  // Returns how long after `sent` a stall of the upload is noticed, if the upload is done at `uploaded`; infinite if it
  // is not noticed within `most`.
  Seconds dark_after(Seconds sent, Seconds uploaded, Seconds most) const;

  double slowdown(Seconds at) const;  // Of the edge, neighbour and change included, relative to an idle edge.
  // Returns the share of its time for which a head waits for the CPU, because of the load in the trace.
  double waited(Seconds at) const;
  double load_slowdown(double share) const;  // Of the edge, by this share of its CPU alone.
  // Returns the true latency of the plan if the state at `at` stays; infinite if the link is down.
  Seconds steady(std::size_t plan, Seconds at) const;
  Seconds true_head(std::size_t plan) const { return truths_[plan].head; }  // On an idle edge.

 private:
  struct Truth {
    Seconds head = 0, encode = 0, queue = 0, tail = 0, local = 0, overhead = 0;
    double bytes = 0;
    bool whole = false;  // Edge-only.
    bool computes_here = true;
    double later = 1;  // Factor of its tail after the change.
    Seconds door = 0;  // Beside the runs: connections, parsing, sending.
    Seconds occupies = 0, tail_occupies = 0;
    Duration computed{};
  };
  void add_work();
  Seconds tail(const Truth& truth, Seconds at) const;
  RequestTimeline begin_head(const Truth& truth, const Dice& dice, Seconds at, double slow) const;
  RequestTimeline run(const Truth& truth, const Dice& dice, Seconds at, double slow) const;

  const std::shared_ptr<const table::PartitionTable> table_;
  const Trace* const bandwidth_;
  const Trace* const cpu_;
  const ReplaySetting setting_;
  std::vector<Truth> truths_;
  predict::EdgeLoad load_;
  std::vector<std::pair<double, double>> loads_;  // CPU share and measured slowdown in the table; rising.
};

}  // namespace tideline::replay
