// Engine: serves the requests for one model, each by the plan that is chosen for it.
//
//   auto engine = Engine::start("alexnet", {.model = model, .link = &link, .compute = &gate, .patience = 1s}, plan);
//   if (!engine) return engine.error();
//   const auto served = (*engine)->infer({.inputs = std::move(inputs)});
//   const auto swapped = (*engine)->swap({model->digest(), 7, Codec::fp32});
//
// Each infer() sees exactly one Session from first byte to last: that of the usual plan, or of the plan that the
// dispatcher chooses among those offered. swap() publishes the usual one and, on error, changes nothing. A swap costs
// only a pointer, because every cut of the model is ready. Thread-safe.
#pragma once

#include "policy/plan/constraints.h"
#include "policy/plan/plan.h"
#include "runtime/base/priority.h"
#include "runtime/base/result.h"
#include "runtime/base/slot.h"
#include "runtime/engine/recent_plans.h"
#include "runtime/engine/session.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tideline::engine {

struct InferRequest {
  std::vector<Tensor> inputs;
  std::optional<std::uint32_t> cut;  // Forces a plan for this request alone; for tests and measurements.
  std::optional<plan::Codec> codec;
  TimePoint deadline = TimePoint::max();
  std::optional<Priority> priority = {};  // Absent: the model's.
  TimePoint received = Clock::now();      // From when the usual deadline counts.
  std::function<bool()> wanted = {};      // Whether its client still waits; empty: it does.
  Refusals* refused = nullptr;            // Where it is counted if it is refused; null: nowhere.
  std::string trace = {};                 // Its traceparent, for the cloud; empty: it names none.
  // Image files, one per element of the batch, each as uint8[bytes]; then `inputs` is empty.
  std::vector<Tensor> images;
  std::optional<Stream> stream = {};  // Absent: it belongs to none.
};

class Engine {
 public:
  // The engine replaces parts.hedging by its own. Returns invalid if `first` is not a plan of the model, or cannot be
  // served here.
  static Result<std::unique_ptr<Engine>> start(std::string name, Session::Parts parts, const plan::Plan& first);

  const std::string& name() const { return name_; }
  const model::Model& model() const { return *parts_.model; }
  bool has_cloud() const { return parts_.link != nullptr; }
  const codec::ImageInput* image() const { return parts_.image.get(); }  // Null: the model takes no images.

  // Returns true iff a request could be answered now: by this machine alone, or by a reachable cloud.
  bool ready() const;

  // Returns errors as Session::infer() does; also invalid if the request forces a plan that may not be served, or
  // brings images to a model that takes none.
  Result<InferResult> infer(InferRequest request) const;

  // Serves by `plan` from the next request on, where no other plan is offered. Returns invalid if it is not a plan of
  // this model, is forbidden, or cannot be served here (its head is not held, or it needs a cloud and there is none).
  Result<void> swap(const plan::Plan& plan);

  plan::Plan plan() const { return session_.acquire()->plan(); }

  // Refuses from now on the plans that these forbid, also those that a request forces. A request that would send too
  // much, by its batch or once it is encoded, runs here; if that is forbidden too, it is refused. Nothing is forbidden
  // at first.
  void constrain(plan::Constraints constraints) {
    constraints_.publish(std::make_shared<const plan::Constraints>(std::move(constraints)));
  }

  // Sets how long requests should take from now on, except those that force a plan. A request whose tail is faster
  // here is not sent; one whose answer is late is hedged (its tail runs here, too). Without a forecast, requests wait
  // for Parts::patience.
  void expect(control::Hedging::Forecast forecast) { hedging_.expect(std::move(forecast)); }

  // Each request, except those that force a plan, gets its own plan among these from now on.
  void offer(dispatch::Offers offers) { parts_.dispatcher->offer(name_, std::move(offers)); }
  SharedDispatcher::Load load(TimePoint now) const { return parts_.dispatcher->load(now); }  // Of all models.

  // A request that has to wait before infer().
  struct Waiting {
    TimePoint deadline = TimePoint::max();  // TimePoint::max(): it brings none.
    std::optional<Priority> priority;
    TimePoint received;
    bool forces = false;  // Its plan. Then it is refused at its deadline, and not before.
  };
  struct Start {
    Priority priority = kUsualPriority;
    TimePoint by = TimePoint::max();  // The latest that can be in time; TimePoint::max(): any.
  };
  // Returns when such a request should begin, or overloaded if no plan can answer it in time even if it began now.
  Result<Start> start_of(const Waiting& request, TimePoint now) const;

  // How many of the last requests (at most RecentPlans::kKept) each plan served.
  RecentPlans::Counts recent_plans() const { return recent_.counts(); }

  struct Counters {
    std::array<std::uint64_t, 4> served{};  // By Placement.
    std::uint64_t failed = 0;
    std::uint64_t swaps = 0;
    std::uint64_t pending = 0;  // Now.
    control::Hedging::Counters hedges;
    StreamReferences::Held streams{};  // By all models that share them; now.
    Duration rehearsed{};
  };
  Counters counters() const;

  // Builds and runs the parts of the network that `plan` needs here, so that its first request is as fast as later
  // ones. Slow; call off the request path.
  Result<void> warm(const plan::Plan& plan) const;

  // A run on zeros. It stops when a request is about to compute here.
  struct Rehearsed {
    Duration took{};
    double waited = 0;   // The share of it in which it waited for the processor.
    bool ended = false;  // False: a request came, or computes.
  };

  // Runs the head of `plan` on zeros, so that Traffic learns how fast the edge is while no request shows it. Slow; call
  // off the request path.
  Result<Rehearsed> rehearse(const plan::Plan& plan, TimePoint now = Clock::now()) const;

  // Runs the whole network on zeros, so that the next request finds it ready. Traffic does not learn: after a rest a
  // run may be slow. REQUIRES: the model holds all its layers. Slow; call off the request path.
  Result<Rehearsed> refresh(TimePoint now = Clock::now()) const;

  // Returns when the end of the network last ran here, for a request or as a rehearsal; before any, when this engine
  // was made.
  TimePoint last_tail() const { return TimePoint(Duration(last_tail_.load())); }

  plan::Plan edge_only() const { return {model().digest(), model().last_cut(), plan::Codec::fp32}; }

  // Keeps the rehearsals of all models from delaying requests.
  Rehearsals& rehearsals() const { return *parts_.rehearsals; }

 private:
  Engine(std::string name, Session::Parts parts, plan::Plan first);
  Result<InferResult> serve(InferRequest request) const;
  Result<Input> input_of(InferRequest& request) const;
  TimePoint usual_deadline(TimePoint received) const;  // Of a request that brings none.
  Result<void> check(const plan::Plan& plan) const;
  // How much a request sends: as much as the plan does for a batch, or the bytes of its image files.
  struct Size {
    std::uint64_t batch = 1;
    std::optional<Bytes> files;  // Absent: it brings tensors.
  };
  Size size_of(const Input& input) const;
  Result<void> check_allowed(const plan::Plan& plan, const Size& size) const;
  bool may_stay(const Size& size) const;  // Whether the request may run here alone.
  // Returns how much a request may send. One that forces its plan runs by no other.
  std::optional<SendLimit> limit_of(bool forced, const Size& size) const;
  // Returns the session of that plan, or of edge-only if it would send more than is allowed.
  Result<std::shared_ptr<const Session>> session_for(const plan::Plan& plan, const Size& size) const;
  Result<std::shared_ptr<const Session>> forced(const plan::Plan& plan, const Size& size) const;
  Bytes sent_today() const;
  Result<Rehearsed> run_on_zeros(model::Range range, TimePoint now) const;

  const std::string name_;
  SharedHedging hedging_;
  Rehearsals alone_;  // Used if the parts have none, like the next.
  StreamReferences own_streams_;
  SharedDispatcher own_dispatcher_{{}};
  const Session::Parts parts_;
  Slot<plan::Constraints> constraints_{std::make_shared<const plan::Constraints>()};
  Slot<Session> session_;  // Of the usual plan.
  mutable RecentPlans recent_;
  mutable std::array<std::atomic<std::uint64_t>, 4> served_{};
  mutable std::atomic<std::uint64_t> failed_{0};
  mutable std::atomic<std::uint64_t> pending_{0};
  std::atomic<std::uint64_t> swaps_{0};
  mutable std::atomic<Duration::rep> rehearsed_{0};
  mutable std::atomic<Duration::rep> last_tail_{Clock::now().time_since_epoch().count()};
};

}  // namespace tideline::engine
