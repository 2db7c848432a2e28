// WorkerPool: runs jobs on a fixed set of threads, from a bounded queue.
//
//     WorkerPool pool(4, 64);  // Four threads; at most 64 jobs wait.
//     if (!pool.submit([request] { serve(request); }))
//       return error(ErrorKind::overloaded, "the queue is full; retry later");
//
// The threads live as long as the pool, because each new thread that calls libtorch gets an OpenMP team of its own.
// Thread-safe. The destructor finishes all accepted jobs, then joins the threads.
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

  // Returns false iff the queue is full; the job is then dropped. Accepted jobs are never dropped.
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
