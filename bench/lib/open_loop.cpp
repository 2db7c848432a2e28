#include "bench/lib/open_loop.h"

#include <utility>

namespace tideline {

OpenLoop::OpenLoop(std::size_t most, std::function<Sender()> make_sender)
    : most_(most), make_sender_(std::move(make_sender)) {}

OpenLoop::~OpenLoop() {
  {
    const std::lock_guard lock(m_);
    ended_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void OpenLoop::run(TimePoint start, const std::vector<double>& due_s) {
  for (std::size_t number = 0; number < due_s.size(); ++number) {
    std::this_thread::sleep_until(start + from_seconds(due_s[number]));
    begin(number);
  }
}

void OpenLoop::begin(std::size_t number) {
  bool is_one_free;
  {
    const std::lock_guard lock(m_);
    due_.push_back(number);
    is_one_free = idle_ >= due_.size();
  }
  if (!is_one_free && threads_.size() < most_) threads_.emplace_back([this] { work(); });
  wake_.notify_one();
}

void OpenLoop::work() {
  const Sender send = make_sender_();
  std::unique_lock lock(m_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return ended_ || !due_.empty(); });
    --idle_;
    if (due_.empty()) return;
    const std::size_t number = due_.front();
    due_.pop_front();
    lock.unlock();
    send(number);
    lock.lock();
  }
}

}  // namespace tideline
