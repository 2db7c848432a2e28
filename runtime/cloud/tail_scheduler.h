// TailScheduler: runs tails on compute threads; with a fair queue, a batcher and admission control.
//
// Peers take turns, and so do the connections of one peer (FairQueue). Waiting tails of one kind run as one batch if
// that was measured to be faster. A trial must first show that they do not affect each other. A tail waits for others
// only if several of its kind have just run together, at most BatchOptions::longest_wait after that. A tail that comes
// alone never waits for others.
//
// If a batch fails, each of its tails runs once more, alone. A peer whose tails repeatedly fail alone as well runs
// alone for some seconds. If no tail fails alone, the batch is at fault, and that kind no longer runs together.
//
// Rejects at once, with a retry-after, a request that would miss its deadline. Refuses a queued request as soon as its
// deadline passes, even during a long run. Thread-safe.
//
//   TailScheduler scheduler(BatchOptions{}, runner, log);
//   TailJob job{.from = {peer, edge}, .requested = std::move(requested), .arrived = now, .deadline = deadline};
//   job.wanted = [] { return true; }, job.answer = [](TailJob::Told told) { /* On a compute thread. */ };
//   if (const auto accepted = scheduler.submit(std::move(job)); !accepted) return accepted.error();
#pragma once

#include "runtime/base/log.h"
#include "runtime/cloud/batch_options.h"
#include "runtime/cloud/batch_times.h"
#include "runtime/cloud/fair_queue.h"
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

namespace tideline::cloud {

class TailScheduler {
 public:
  // `runner` must outlive it.
  TailScheduler(BatchOptions options, const TailRunner& runner, Log log);
  ~TailScheduler();  // Finishes the accepted tails, then joins the threads.
  TailScheduler(const TailScheduler&) = delete;
  TailScheduler& operator=(const TailScheduler&) = delete;

  // Returns overloaded, with a retry-after, if the tail is expected to miss its deadline. Also if the queue is full and
  // no peer has more waiting tails than this one's. Then job.answer is not called. If another peer has more in a full
  // queue, its newest tail makes room and gets the refusal.
  Result<void> submit(TailJob job);

  std::size_t queued() const;
  std::map<std::size_t, std::uint64_t> runs() const;  // Since the start, by their number of requests.

 private:
  using Batch = std::vector<FairQueue::Waiting>;
  // The measurements and trial of one kind.
  struct Known {
    BatchTimes pace;
    enum class Tried { no, together, alone } tried = Tried::no;
    std::size_t last_together = 0;
    TimePoint last_end;
  };

  void work(std::size_t slot);
  // Runs the batch; if that fails, and it has several tails, one by one. Returns each tail's result.
  struct Ran {
    std::vector<TailJob::Told> told;
    Result<Duration> took;  // An error if the batch failed.

    bool failed_only_together() const;
  };
  Ran run(Batch& batch) const;

  // REQUIRES, all below: m_ is held. Functions with `lock` release it meanwhile.
  bool wait_for_turn(std::unique_lock<std::mutex>& lock);
  bool dismiss_late(std::unique_lock<std::mutex>& lock);
  void keep_time();  // Refuses late tails, also while all slots are busy; runs until the end.
  bool try_together(std::unique_lock<std::mutex>& lock);
  void run_next(std::unique_lock<std::mutex>& lock, std::size_t slot);
  std::size_t next_size();
  TimePoint hold_until();
  bool others_may_come();
  TailKind kind_of(const TailJob& job);
  void learn(const TailKind& kind, std::size_t together, const Result<Duration>& took);
  // For a failed batch. Returns the message for the log; empty if it is nothing new.
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
  std::condition_variable came_;  // For the timekeeper only: a new tail, or the end.
  FairQueue queue_;               // All below are guarded by m_.
  std::map<std::pair<plan::Plan, std::int64_t>, Known> known_;
  // Peers that have recently spoilt batches.
  struct Spoilt {
    TimePoint since;
    int batches = 0;
  };
  std::map<const void*, Spoilt> spoilt_;
  std::vector<TimePoint> free_at_;  // When each slot is expected to be free.
  double seconds_each_ = 0;         // Recent time of a request: its share of a batch.
  std::map<std::size_t, std::uint64_t> runs_;
  bool closing_ = false;

  std::vector<std::thread> threads_;
  std::thread timekeeper_;
};

}  // namespace tideline::cloud
