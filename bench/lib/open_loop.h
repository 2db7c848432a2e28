// OpenLoop: begins requests when they are due, whatever became of earlier ones, on a bounded number of threads.
//
//   OpenLoop loop(256, [] { return [client = connect()](std::size_t number) mutable { client.send(number); }; });
//   loop.run(start, arrival_times(...));
//
// A thread is started if a request is due and no thread is free. Each has a sender of its own, and so a connection of
// its own. If all are busy, the request begins when one becomes free; its sender can tell by the clock how late that
// is.
//
// run() belongs to one thread; senders are made and called on the threads of the loop.
#pragma once

#include "runtime/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tideline {

class OpenLoop {
 public:
  using Sender = std::function<void(std::size_t number)>;

  // REQUIRES `most` of at least 1.
  OpenLoop(std::size_t most, std::function<Sender()> make_sender);
  // Waits for all requests that have been begun.
  ~OpenLoop();
  OpenLoop(const OpenLoop&) = delete;
  OpenLoop& operator=(const OpenLoop&) = delete;

  // Begins request i at `start` and due_s[i] seconds; returns once the last one is due.
  void run(TimePoint start, const std::vector<double>& due_s);

 private:
  void begin(std::size_t number);
  void work();

  const std::size_t most_;
  const std::function<Sender()> make_sender_;
  std::mutex m_;
  std::condition_variable wake_;
  std::deque<std::size_t> due_;  // Guarded by m_, as are the two below.
  std::size_t idle_ = 0;
  bool ended_ = false;
  std::vector<std::thread> threads_;  // Of the thread that runs.
};

}  // namespace tideline
