// TailScheduler: the cloud's batcher and admission control: queues tails and runs them on compute threads.
//
// The highest priority goes first (TailQueue). Of one priority, peers take turns, and so do the connections of one peer
// (FairQueue). Waiting tails of one kind run as one batch if
// that was measured to be faster (BatchLearner). A trial must first show that they do not affect each other. A tail
// waits for others only if several of its kind have just run together, at most BatchOptions::longest_wait after that. A
// tail that comes alone never waits for others. If a batch fails, each of its tails runs once more, alone.
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
#include "runtime/cloud/batch_learner.h"
#include "runtime/cloud/batch_options.h"
#include "runtime/cloud/tail_queue.h"
#include "runtime/cloud/tail_runner.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
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
  // no tail has to make room: one of a lower priority, or else of a peer that has more waiting tails than this one's.
  // Then job.answer is not called. The tail that makes room gets the refusal.
  Result<void> submit(TailJob job);

  std::size_t queued() const;
  std::map<std::size_t, std::uint64_t> runs() const;  // Since the start, by their number of requests.

 private:
  using Batch = std::vector<TailQueue::Waiting>;

  void work(std::size_t slot);

  // REQUIRES, all below: m_ is held. Functions with `lock` release it meanwhile.
  bool wait_for_turn(std::unique_lock<std::mutex>& lock);
  bool dismiss_late(std::unique_lock<std::mutex>& lock);
  void keep_time();  // Refuses late tails, also while all slots are busy; runs until the end.
  bool try_together(std::unique_lock<std::mutex>& lock);
  void run_next(std::unique_lock<std::mutex>& lock, std::size_t slot);
  bool others_may_come() const;
  Duration wait_before(const TailJob::From& from, Priority priority) const;

  // Constant after construction.
  const BatchOptions options_;
  const TailRunner& runner_;
  const Log log_;

  mutable std::mutex m_;
  std::condition_variable changed_;
  std::condition_variable came_;  // For the timekeeper only: a new tail, or the end.
  TailQueue queue_;               // All below are guarded by m_.
  BatchLearner learner_;
  std::vector<TimePoint> free_at_;  // When each slot is expected to be free.
  std::map<std::size_t, std::uint64_t> runs_;
  bool closing_ = false;

  std::vector<std::thread> threads_;
  std::thread timekeeper_;
};

}  // namespace tideline::cloud
