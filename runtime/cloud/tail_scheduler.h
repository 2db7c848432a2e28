// TailScheduler: the threads that run tails, and the queue before them.
//
// Peers take turns, and the connections of one peer (FairQueue). Tails of one kind that wait together run as one batch
// where that was measured to be faster, never before it was tried that they do not look at each other. A tail is held
// for others only when several of its kind have just run together, and no longer than BatchOptions::longest_wait after
// that; one that comes alone never is.
// Of a batch that fails each runs once more, alone. Who fails alone, too, has spoilt it for the others: a peer that
// does so time and again goes alone for some seconds. Where none does, it is the batch: then that kind runs together no
// more. Who could not be answered in time is told so at once, and how long to stay away; whose time is up while it
// waits is told so then, whatever runs. Thread-safe.
#pragma once

#include "runtime/base/log.h"
#include "runtime/cloud/batch_options.h"
#include "runtime/cloud/fair_queue.h"
#include "runtime/cloud/batch_times.h"
#include "runtime/cloud/tail_runner.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tideline {

class TailScheduler {
 public:
  // `runner` must outlive it.
  TailScheduler(BatchOptions options, const TailRunner& runner, Log log);
  ~TailScheduler();  // Finishes what was accepted, then joins.
  TailScheduler(const TailScheduler&) = delete;
  TailScheduler& operator=(const TailScheduler&) = delete;

  // Returns overloaded, with the time to stay away, when the queue is full of others' that have no more waiting than
  // this one's peer, or what stands before this tail will take longer than its edge waits; then nobody is told
  // anything. Where a peer has more in a full queue, its newest makes room, and is told that.
  Result<void> submit(TailJob job);

  std::size_t queued() const;
  std::map<std::size_t, std::uint64_t> runs() const;  // So far, by the number of requests that each was of.

 private:
  using Batch = std::vector<FairQueue::Waiting>;
  // What is known of one kind.
  struct Known {
    BatchTimes pace;
    enum class Tried { no, together, alone } tried = Tried::no;
    std::size_t last_together = 0;
    TimePoint last_end;
  };

  void work(std::size_t slot);
  // Runs the batch; where that fails, and it is of several, one by one. Gives each what it is to be told.
  struct Ran {
    std::vector<TailJob::Told> told;
    Result<Duration> took;  // An error where the batch failed.

    bool failed_only_together() const;
  };
  Ran run(Batch& batch) const;

  // REQUIRES, all below: m_ is held. Where `lock` is given, it is let go meanwhile.
  bool wait_for_turn(std::unique_lock<std::mutex>& lock);
  bool dismiss_late(std::unique_lock<std::mutex>& lock);
  void keep_time();  // Dismisses what is late while all slots are busy; until the end.
  bool try_together(std::unique_lock<std::mutex>& lock);
  void run_next(std::unique_lock<std::mutex>& lock, std::size_t slot);
  std::size_t next_size();
  TimePoint hold_until();
  bool others_may_come();
  TailKind kind_of(const TailJob& job);
  void learn(const TailKind& kind, std::size_t together, const Result<Duration>& took);
  // Of a batch that failed. Returns what the log is to say of it; nothing where that is nothing new.
  std::string learn_from_failure(const Batch& batch, const Ran& ran);
  Known& known(const TailKind& kind) { return known_[{kind.plan, kind.rows}]; }
  std::size_t most_of(const TailKind& kind) const { return std::min(options_.most_together, kind.most); }
  Duration wait_before(const TailJob::From& from) const;

  // Constant after construction.
  const BatchOptions options_;
  const TailRunner& runner_;
  const Log log_;

  mutable std::mutex m_;
  std::condition_variable changed_;
  std::condition_variable came_;  // Of the timekeeper alone: a tail, or the end.
  FairQueue queue_;               // Guarded by m_, as all below.
  std::map<std::pair<Plan, std::int64_t>, Known> known_;
  // Peers that have spoilt batches of late.
  struct Spoilt {
    TimePoint since;
    int batches = 0;
  };
  std::map<const void*, Spoilt> spoilt_;
  std::vector<TimePoint> free_at_;  // When each slot is expected to be free.
  double seconds_each_ = 0;         // What a request took of late: its share of a batch.
  std::map<std::size_t, std::uint64_t> runs_;
  bool closing_ = false;

  std::vector<std::thread> threads_;
  std::thread timekeeper_;
};

}  // namespace tideline
