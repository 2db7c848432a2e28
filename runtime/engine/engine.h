// Engine: serves one model, by the plan that was published last.
//
// Each infer() sees exactly one Session from first byte to last; swap() publishes a new one and, on error, changes
// nothing. A swap costs a pointer: every cut of the model is there already. Thread-safe.
#pragma once

#include "policy/plan/constraints.h"
#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/slot.h"
#include "runtime/engine/session.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tideline {

struct InferRequest {
  std::vector<Tensor> inputs;
  std::optional<std::uint32_t> cut;  // Forces a plan for this request alone; for tests and measurements.
  std::optional<Codec> codec;
  TimePoint deadline = TimePoint::max();
};

class Engine {
 public:
  // Hedging is the engine's own, whatever `parts` say. Returns invalid when `first` is not a plan of the model, or
  // not one that can be served here.
  static Result<std::unique_ptr<Engine>> start(std::string name, Session::Parts parts, Plan first);

  const std::string& name() const { return name_; }
  const Model& model() const { return *parts_.model; }
  bool has_cloud() const { return parts_.link != nullptr; }

  // Returns true iff a request that comes now can be answered: by this machine alone, or by a cloud that is there.
  bool ready() const;

  Result<InferResult> infer(InferRequest request) const;

  // Serves by `plan` from the next request on. Returns invalid when it is not a plan of this model, or its head is not
  // held here.
  Result<void> swap(const Plan& plan);

  Plan plan() const { return session_.acquire()->plan(); }

  // From now on plans that these forbid are refused, those that a request forces included; a request whose batch would
  // send too much runs here, or is refused where that may not be. Nothing is forbidden at first.
  void constrain(Constraints constraints) {
    constraints_.publish(std::make_shared<const Constraints>(std::move(constraints)));
  }

  // What requests are expected to take from now on, but those that force a plan: one that is faster here is not sent,
  // and one whose answer is late runs its tail here, too. With nothing, they wait as long as they may.
  void expect(Hedging::Forecast forecast) { hedging_.expect(std::move(forecast)); }

  struct Counters {
    std::array<std::uint64_t, 4> served{};  // By Placement.
    std::uint64_t failed = 0;
    std::uint64_t swaps = 0;
    std::uint64_t pending = 0;  // Now.
    Hedging::Counters hedges;
  };
  Counters counters() const;

  // Builds and runs what `plan` needs here, so that its first request is as fast as the next. Slow; call off the
  // request path.
  Result<void> warm(const Plan& plan) const;

  // Runs the head of `plan` on zeros, so that Traffic learns how fast the edge is when no request tells it; until a
  // request comes. Returns how long it took, to its end or not. Slow; call off the request path.
  Result<Duration> rehearse(const Plan& plan, TimePoint now = Clock::now()) const;

  // Where requests and rehearsals of all models know of each other.
  Rehearsals& rehearsals() const { return *parts_.rehearsals; }

 private:
  Engine(std::string name, Session::Parts parts, Plan first);
  Result<void> check(const Plan& plan) const;
  Result<void> check_allowed(const Plan& plan, std::uint64_t batch) const;
  // Returns the session that is current; the edge alone where that one would send more than is allowed.
  Result<std::shared_ptr<const Session>> session_for(std::uint64_t batch) const;
  Result<std::shared_ptr<const Session>> forced(const InferRequest& request, std::uint64_t batch) const;
  Bytes sent_today() const;

  const std::string name_;
  SharedHedging hedging_;
  Rehearsals alone_;  // Used where the parts have none.
  const Session::Parts parts_;
  Slot<Constraints> constraints_{std::make_shared<const Constraints>()};
  Slot<Session> session_;
  mutable std::array<std::atomic<std::uint64_t>, 4> served_{};
  mutable std::atomic<std::uint64_t> failed_{0};
  mutable std::atomic<std::uint64_t> pending_{0};
  std::atomic<std::uint64_t> swaps_{0};
};

}  // namespace tideline
