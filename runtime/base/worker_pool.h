// WorkerPool: a fixed set of threads that live as long as it does, with a bounded queue before them.
//
// Long-lived on purpose: each new thread that calls libtorch gets an OpenMP team of its own.
// Thread-safe. The destructor finishes the jobs that were accepted, then joins.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tideline {

class WorkerPool {
 public:
  WorkerPool(int threads, std::size_t queue_limit);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Returns false, and drops nothing that was accepted before, iff the queue is full.
  bool submit(std::function<void()> job);

  std::size_t queued() const;

 private:
  void work();

  const std::size_t queue_limit_;
  mutable std::mutex m_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> jobs_;  // Guarded by m_.
  bool closing_ = false;                    // Guarded by m_.
  std::vector<std::thread> threads_;
};

}  // namespace tideline
