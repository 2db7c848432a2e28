// ScriptedLink: a Link whose answers, and their times, the test sets.
#pragma once

#include "runtime/link/link.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

namespace tideline {

class ScriptedLink final : public link::Link {
 public:
  using Answer = std::function<std::optional<Result<wire::TailAnswer>>(const wire::TailRequest&, TimePoint until)>;
  explicit ScriptedLink(Answer answer) : answer_(std::move(answer)) {}

  std::unique_ptr<link::Pending> send(wire::TailRequest request) override {
    class Scripted final : public link::Pending {
     public:
      Scripted(const Answer& answer, wire::TailRequest asked) : answer_(answer), asked_(std::move(asked)) {}
      std::optional<Result<wire::TailAnswer>> wait(TimePoint until) override { return answer_(asked_, until); }

     private:
      const Answer& answer_;
      const wire::TailRequest asked_;
    };
    return std::make_unique<Scripted>(answer_, std::move(request));
  }
  void probe(Bytes) override {}
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint) override {
    return wire::LoadAnswer{asked, {}};
  }
  void limit(std::optional<BitsPerSecond>) override {}
  void delay(Duration) override {}
  link::LinkState state() const override { return {}; }

 private:
  const Answer answer_;
};

// A gate that a test closes and opens; threads wait at it until it is open.
class Latch {
 public:
  void open() {
    const std::lock_guard lock(m_);
    open_ = true;
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard lock(m_);
    open_ = false;
  }
  void wait() {
    std::unique_lock lock(m_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex m_;
  std::condition_variable changed_;
  bool open_ = false;  // Guarded by m_.
};

}  // namespace tideline
