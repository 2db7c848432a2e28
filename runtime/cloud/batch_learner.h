// BatchLearner: the batcher's memory. It learns from past runs which tails run as one batch, and how many at once.
//
// Requests of a kind run together once a trial has shown that they do not affect each other, and until a batch fails
// whose tails all succeed alone. A peer whose tails repeatedly fail alone as well runs alone for some seconds. Belongs
// to one thread at a time.
//
//   BatchLearner learner(BatchOptions{});
//   const TailKind kind = learner.kind_for(runner.kind_of(asked), peer);
//   if (learner.needs_trial(kind)) learner.on_trial(kind, bool(runner.try_together(kind)));
//   const std::size_t together = learner.choose(kind, waiting);
//   learner.on_run(kind, together, took);
#pragma once

#include "runtime/cloud/batch_options.h"
#include "runtime/cloud/batch_times.h"
#include "runtime/cloud/tail_runner.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tideline::cloud {

class BatchLearner {
 public:
  explicit BatchLearner(const BatchOptions& options)
      : most_together_(options.most_together), longest_wait_(options.longest_wait) {}

  // Returns how a tail of `peer` may run: as `kind`, or alone if the peer has recently spoilt too many batches.
  TailKind kind_for(TailKind kind, const void* peer) const;

  // Returns true iff several may run together, but no trial has begun.
  bool needs_trial(const TailKind& kind) const;
  void on_trial(const TailKind& kind, bool passed);

  // Returns how many of `waiting` tails of the kind to run next. REQUIRES: waiting > 0.
  std::size_t choose(const TailKind& kind, std::size_t waiting) const;

  // Returns how many are likely to wait soon: as many as ran last, since an edge with an answer sends its next request.
  std::size_t expected(const TailKind& kind) const;

  // Returns until when a tail with that deadline waits for others of its kind; a past time if it does not wait.
  TimePoint hold_until(const TailKind& kind, TimePoint deadline) const;

  // Returns the measured time of a run; zero before it was measured. REQUIRES: `together` is a power of two.
  Duration time(const TailKind& kind, std::size_t together) const;

  // The recent time of a request, over all kinds: its share of a batch.
  double seconds_each() const { return seconds_each_; }

  // Records a run that has just ended. REQUIRES: `together` is a power of two.
  void on_run(const TailKind& kind, std::size_t together, const Result<Duration>& took);

  // A batch of several tails that failed, after which each tail ran alone.
  struct FailedBatch {
    std::size_t size = 0;
    std::vector<const void*> spoilt_by;  // The peers of the tails that failed alone too, one for each tail.
    std::string why;
  };
  // Returns the message for the log; empty if it is nothing new.
  std::string on_failure(const TailKind& kind, const FailedBatch& batch);

 private:
  // The measurements and trial of one kind.
  struct Known {
    BatchTimes times;
    enum class Tried { no, together, alone } tried = Tried::no;
    std::size_t last_together = 0;
    TimePoint last_end;
  };
  struct Spoilt {
    TimePoint since;
    int batches = 0;
  };
  const Known& known(const TailKind& kind) const;
  Known& known(const TailKind& kind) { return known_[{kind.plan, kind.rows}]; }
  std::size_t most_of(const TailKind& kind) const { return std::min(most_together_, kind.most); }
  std::string forbid_batches(const TailKind& kind, const FailedBatch& batch);

  const std::size_t most_together_;
  const Duration longest_wait_;

  std::map<std::pair<plan::Plan, std::int64_t>, Known> known_;
  std::map<const void*, Spoilt> spoilt_;  // Peers that have recently spoilt batches.
  double seconds_each_ = 0;
};

}  // namespace tideline::cloud
