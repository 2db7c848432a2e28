// SharedDispatcher: lets all engines of a machine and their requests share one Dispatcher, by a mutex. Thread-safe.
//
//   SharedDispatcher dispatcher({.edge = 1});
//   SharedDispatcher::Request request(dispatcher, {.model = "cam"});
//   if (request.plan()) serve_by(*request.plan());  // The destructor ends the request.
#pragma once

#include "policy/dispatch/dispatcher.h"
#include "runtime/base/time.h"

#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace tideline::engine {

class SharedDispatcher {
 public:
  // `threads` compute a run.
  explicit SharedDispatcher(dispatch::Slots slots, int threads = 1) : threads_(threads), dispatcher_(slots) {}

  // As in Dispatcher.
  void offer(std::string_view model, dispatch::Offers offers) {
    const std::lock_guard lock(m_);
    dispatcher_.offer(model, std::move(offers));
  }

  std::optional<dispatch::Dispatcher::Soonest> soonest(const dispatch::Dispatcher::Asked& asked, TimePoint now) {
    const std::lock_guard lock(m_);
    return dispatcher_.soonest(asked, now);
  }

  void account(const dispatch::EdgeWork::Used& used, TimePoint now) {
    const std::lock_guard lock(m_);
    dispatcher_.account(used, now);
  }

  struct Load {
    dispatch::Backlog backlog;
    double rate = 0;  // Requests per second.
    double burstiness = 0;
    dispatch::WorkSeen work;
  };
  Load load(TimePoint now) const {
    const std::lock_guard lock(m_);
    return {dispatcher_.backlog(now), dispatcher_.rate(now), dispatcher_.burstiness(), dispatcher_.work()};
  }

  // A request in progress, from its beginning to its end. Belongs to one thread.
  class Request {
   public:
    Request(SharedDispatcher& all, const dispatch::Dispatcher::Asked& asked) : all_(all) {
      const std::lock_guard lock(all_.m_);
      assigned_ = all_.dispatcher_.begin(asked, Clock::now());
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    ~Request() {
      const std::lock_guard lock(all_.m_);
      all_.dispatcher_.worked(by_plan_ && assigned_.offer ? &assigned_.offer->plan : nullptr,
                              computed_ * all_.threads_);
      all_.dispatcher_.end(assigned_.ticket, Clock::now());
    }

    // Returns the plan that was chosen for it; null if none was.
    const plan::Plan* plan() const { return assigned_.offer ? &assigned_.offer->plan : nullptr; }
    const std::optional<Duration>& latency() const { return assigned_.latency; }  // As expected at its beginning.
    bool refused() const { return assigned_.refused; }

    // It is answered; its thread had a CPU for so long in runs and encoding. `by_plan`: and in nothing beyond its plan.
    void computed(Duration time, bool by_plan) {
      computed_ = time;
      by_plan_ = by_plan;
    }

    dispatch::Waits sends(const std::optional<dispatch::Rest>& rest) {
      const std::lock_guard lock(all_.m_);
      return all_.dispatcher_.sends(assigned_.ticket, Clock::now(), rest);
    }
    bool edge_free() const {
      const std::lock_guard lock(all_.m_);
      return all_.dispatcher_.edge_free(Clock::now());
    }
    void runs_here(Duration work) {
      const std::lock_guard lock(all_.m_);
      all_.dispatcher_.runs_here(assigned_.ticket, work, Clock::now());
    }

   private:
    SharedDispatcher& all_;
    Duration computed_{};
    bool by_plan_ = false;
    dispatch::Dispatcher::Assignment assigned_;
  };

 private:
  const int threads_;
  mutable std::mutex m_;
  dispatch::Dispatcher dispatcher_;  // Guarded by m_.
};

}  // namespace tideline::engine
