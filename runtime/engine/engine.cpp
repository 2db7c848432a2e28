#include "runtime/engine/engine.h"

#include "runtime/base/refusal_reasons.h"
#include "runtime/base/thread_time.h"

#include <algorithm>

namespace tideline::engine {
namespace {

// Counts a request as pending for as long as it lives.
class Pendency {
 public:
  explicit Pendency(std::atomic<std::uint64_t>& count) : count_(count) { ++count_; }
  ~Pendency() { --count_; }
  Pendency(const Pendency&) = delete;
  Pendency& operator=(const Pendency&) = delete;

 private:
  std::atomic<std::uint64_t>& count_;
};

Session::Parts with(SharedHedging& hedging, Rehearsals& alone, StreamReferences& streams, SharedDispatcher& dispatcher,
                    Session::Parts parts) {
  parts.hedging = &hedging;
  if (!parts.dispatcher) parts.dispatcher = &dispatcher;
  if (!parts.rehearsals) parts.rehearsals = &alone;
  if (!parts.streams) parts.streams = &streams;
  return parts;
}

// A request that forces a plan is a test or a measurement of that plan.
Session::Parts without_hedging(Session::Parts parts) {
  parts.hedging = nullptr;
  return parts;
}

Error too_late(Duration within, Duration soonest) {
  const Duration wait = std::max<Duration>(soonest - within, std::chrono::milliseconds(1));
  return error(ErrorKind::overloaded, "no plan answers within {}; the soonest one takes {} now; try again in {}",
               to_string(std::max(Duration{}, within)), to_string(soonest), to_string(wait))
      .after(wait);
}

std::optional<Duration> time_until(TimePoint deadline, TimePoint now) {
  return deadline < TimePoint::max() ? std::optional(deadline - now) : std::nullopt;
}

std::vector<Tensor> zeros(std::span<const TensorSpec> specs) {
  std::vector<Tensor> tensors;
  for (const TensorSpec& spec : at_batch(specs, 1)) {
    const std::vector<std::byte> bytes(byte_count(spec.dtype, spec.shape)->count);
    tensors.push_back(Tensor::copy_of(spec.dtype, spec.shape, bytes));
  }
  return tensors;
}

}  // namespace

Engine::Engine(std::string name, Session::Parts parts, plan::Plan first)
    : name_(std::move(name)),
      parts_(with(hedging_, alone_, own_streams_, own_dispatcher_, std::move(parts))),
      session_(std::make_shared<const Session>(parts_, std::move(first))) {}

Result<std::unique_ptr<Engine>> Engine::start(std::string name, Session::Parts parts, const plan::Plan& first) {
  std::unique_ptr<Engine> engine(new Engine(std::move(name), std::move(parts), first));
  if (const auto fits = engine->check(first); !fits) return fits.error();
  return engine;
}

bool Engine::ready() const {
  if (model().holds_all()) return true;
  return serves(*parts_.link, model().digest(), std::nullopt);  // Not null: check() refuses such plans without a link.
}

Result<InferResult> Engine::infer(InferRequest request) const {
  const Pendency pending(pending_);
  auto served = serve(std::move(request));
  ++(served ? served_[static_cast<std::size_t>(served->placement)] : failed_);
  const bool ran_tail = served && (served->placement == Placement::edge || served->placement == Placement::fallback);
  if (ran_tail) last_tail_ = Clock::now().time_since_epoch().count();
  return served;
}

Result<InferResult> Engine::serve(InferRequest request) const {
  auto input = input_of(request);
  if (!input) return input.error();
  const Size size = size_of(*input);
  const bool forces = request.cut || request.codec;
  const plan::Plan usual = plan();
  const plan::Plan asked{usual.model, request.cut.value_or(usual.cut), request.codec.value_or(usual.codec)};
  const bool strict = request.deadline < TimePoint::max();
  if (!strict && !forces) request.deadline = usual_deadline(request.received);
  const Priority priority = request.priority.value_or(parts_.priority);
  const TimePoint now = Clock::now();
  const auto within = time_until(request.deadline, now);
  SharedDispatcher::Request dispatched(*parts_.dispatcher, {.model = name_,
                                                            .batch = size.batch,
                                                            .is_image = input->is_image(),
                                                            .forced = forces ? &asked : nullptr,
                                                            .within = within,
                                                            .strict = strict,
                                                            .priority = priority,
                                                            .waited = now - request.received});
  if (dispatched.refused()) {
    const Error why = too_late(*within, *dispatched.latency());
    note_request(request.refused, refusal::kTooLate, why);
    return why;
  }
  const auto session = forces ? forced(asked, size) : session_for(dispatched.plan() ? *dispatched.plan() : usual, size);
  if (!session) return session.error();
  const Stream* const stream = request.stream ? &*request.stream : nullptr;
  if (stream && stream->start) parts_.streams->forget(stream->sequence, model().digest());
  auto copy = parts_.kept && size.batch == 1 ? parts_.kept->copy_of(*input, now) : std::nullopt;
  const Turn turn{request.deadline, priority, std::move(request.wanted), request.refused, std::move(request.trace)};
  auto served = (*session)->infer(*std::move(input), turn, stream, limit_of(forces, size), &dispatched);
  if (served && copy) parts_.kept->add(*std::move(copy));
  if (served && !forces) recent_.add(served->plan, (*session)->plan() == usual);
  if (stream && stream->end) parts_.streams->forget(stream->sequence, model().digest());
  return served;
}

TimePoint Engine::usual_deadline(TimePoint received) const {
  const std::optional<Duration> within = constraints_.acquire()->deadline;
  return within ? received + *within : TimePoint::max();
}

// A request whose plan is not known yet may end by the soonest; so what is late by that is late by all.
Result<Engine::Start> Engine::start_of(const Waiting& request, TimePoint now) const {
  Start start{.priority = request.priority.value_or(parts_.priority)};
  const bool strict = request.deadline < TimePoint::max();
  const TimePoint deadline = strict ? request.deadline : usual_deadline(request.received);
  const dispatch::Dispatcher::Asked asked{.model = name_,
                                          .within = time_until(deadline, now),
                                          .strict = strict,
                                          .priority = start.priority,
                                          .waited = now - request.received};
  if (request.forces) start.by = request.deadline;
  if (!asked.within || request.forces) return start;
  const auto soonest = parts_.dispatcher->soonest(asked, now);
  if (soonest && soonest->is_late(asked)) return too_late(*asked.within, soonest->now);
  const Duration alone = soonest ? soonest->alone : Duration{};
  if (strict || alone <= *asked.within + asked.waited) start.by = deadline - alone;
  return start;
}

// Does not check tensors: the network does so when it runs.
Result<Input> Engine::input_of(InferRequest& request) const {
  if (request.images.empty()) return Input(std::move(request.inputs));
  if (!image())
    return error(ErrorKind::invalid, "{} takes tensors, not images; configure it with --image {}=PRESET", name_, name_);
  const std::int64_t most = model().takes_any_batch() ? model().max_batch() : 1;
  if (request.images.size() > static_cast<std::uint64_t>(most))
    return error(ErrorKind::invalid, "{} images are more than {} takes at once, which is {}", request.images.size(),
                 name_, most);
  return Input(std::move(request.images), *image());
}

Engine::Size Engine::size_of(const Input& input) const {
  Size size;
  if (model().takes_any_batch()) size.batch = static_cast<std::uint64_t>(input.batch());
  if (!input.is_image()) return size;
  size.files.emplace();
  for (const Tensor& file : input.files()) size.files->count += file.bytes().size();
  return size;
}

Result<std::shared_ptr<const Session>> Engine::forced(const plan::Plan& forced, const Size& size) const {
  if (const auto fits = check(forced); !fits) return fits.error();
  if (const auto allowed = check_allowed(plan_for(forced, size.files.has_value()), size); !allowed)
    return allowed.error();
  return std::make_shared<const Session>(without_hedging(parts_), forced);
}

// A plan that is offered but may not be served here was allowed by a policy that has been replaced since.
Result<std::shared_ptr<const Session>> Engine::session_for(const plan::Plan& plan, const Size& size) const {
  auto session = session_.acquire();
  if (plan != session->plan() && check(plan) && check_allowed(plan_for(plan, size.files.has_value()), size))
    session = std::make_shared<const Session>(parts_, plan);
  if (!constraints_.acquire()->sending) return session;
  auto allowed = check_allowed(plan_for(session->plan(), size.files.has_value()), size);
  if (allowed) return session;
  if (!may_stay(size)) return allowed.error();
  return std::make_shared<const Session>(parts_, edge_only());
}

bool Engine::may_stay(const Size& size) const {
  return check(edge_only()) && check_allowed(edge_only(), size);
}

std::optional<SendLimit> Engine::limit_of(bool forced, const Size& size) const {
  const std::shared_ptr<const plan::Constraints> constraints = constraints_.acquire();
  const auto most = constraints->sending ? constraints->sending->most(sent_today()) : std::nullopt;
  return most ? std::optional(SendLimit{*most, !forced && may_stay(size)}) : std::nullopt;
}

Result<void> Engine::swap(const plan::Plan& plan) {
  if (const auto fits = check(plan); !fits) return fits;
  if (const auto allowed = check_allowed(plan, {}); !allowed) return allowed;
  session_.publish(std::make_shared<const Session>(parts_, plan));
  ++swaps_;
  return {};
}

Result<void> Engine::check(const plan::Plan& plan) const {
  if (plan.model != model().digest())
    return error(ErrorKind::invalid, "the plan is for the model {:.12} but {} is {:.12}; give a plan of this model",
                 plan.model, name_, model().digest());
  if (plan.cut > model().last_cut())
    return error(ErrorKind::invalid, "{} has no cut {}; its cuts are 0 (cloud-only) to {} (edge-only)", name_, plan.cut,
                 model().last_cut());
  if (plan.cut > model().deepest_cut())
    return error(ErrorKind::invalid, "cut {} of {} needs {} of memory; only the heads of cuts 0 to {} are held here",
                 plan.cut, name_, to_string(model().cuts()[plan.cut].head_memory), model().deepest_cut());
  if (plan.cut < model().last_cut() && !parts_.link)
    return error(ErrorKind::invalid, "cut {} of {} needs a cloud and there is none; give one with --peer HOST:PORT",
                 plan.cut, name_);
  if (plan::is_of_images(plan.codec) && plan.cut > 0)
    return error(ErrorKind::invalid, "at cut {} of {} cross tensors, not images; the codec {} is for cut 0", plan.cut,
                 name_, plan::name(plan.codec));
  if (plan::is_of_images(plan.codec) && !image())
    return error(ErrorKind::invalid,
                 "{} takes no images, which the codec {} is for; configure it with --image {}=PRESET", name_,
                 plan::name(plan.codec), name_);
  return {};
}

Result<void> Engine::check_allowed(const plan::Plan& plan, const Size& size) const {
  const std::shared_ptr<const plan::Constraints> constraints = constraints_.acquire();
  const Bytes sent = sent_today();
  if (!constraints->allows(plan, sent, size.batch))
    return error(ErrorKind::invalid, "cut {} of {} in {} is forbidden by {}", plan.cut, name_, plan::name(plan.codec),
                 why_forbidden(*constraints, plan, sent, size.batch));
  const bool sends_files = size.files && plan.codec == plan::Codec::source;
  if (sends_files && constraints->sending && !constraints->sending->allows(*size.files, sent))
    return error(ErrorKind::invalid, "the image has {}, more than edge.max_sent or edge.max_sent_per_day leaves",
                 to_string(*size.files));
  return {};
}

Bytes Engine::sent_today() const {
  return parts_.traffic ? parts_.traffic->sent_today(Clock::now()) : Bytes{};
}

Engine::Counters Engine::counters() const {
  Counters counters;
  for (std::size_t i = 0; i < served_.size(); ++i) counters.served[i] = served_[i];
  counters.failed = failed_;
  counters.swaps = swaps_;
  counters.pending = pending_;
  counters.hedges = hedging_.counters();
  counters.streams = parts_.streams->held();
  counters.rehearsed = Duration(rehearsed_.load());
  return counters;
}

Result<void> Engine::warm(const plan::Plan& plan) const {
  if (const auto fits = check(plan); !fits) return fits;
  for (const model::Range range : {model().head(plan.cut), model().tail(plan.cut)}) {
    if (range.to > model().deepest_cut()) continue;  // Only the cloud holds this tail.
    const auto pass = parts_.compute->enter(TimePoint::max());
    if (!pass) return pass.error();
    if (const auto warmed = model().warm(range); !warmed) return warmed;
  }
  return {};
}

Result<Engine::Rehearsed> Engine::rehearse(const plan::Plan& plan, TimePoint now) const {
  if (const auto fits = check(plan); !fits) return fits.error();
  const auto ran = run_on_zeros(model().head(plan.cut), now);
  if (ran && ran->ended && parts_.traffic) {
    parts_.traffic->on_head_waited(ran->waited);
    parts_.traffic->on_head(plan, ran->took, now + ran->took);
  }
  return ran;
}

Result<Engine::Rehearsed> Engine::refresh(TimePoint now) const {
  return run_on_zeros(model().head(model().last_cut()), now);
}

// Does not wait for the gate: whatever holds it serves a request, or shows that one is near.
Result<Engine::Rehearsed> Engine::run_on_zeros(model::Range range, TimePoint now) const {
  const auto pass = parts_.compute->enter(Clock::now());
  if (!pass) return Rehearsed{};
  const std::vector<Tensor> inputs = zeros(model().inputs());
  const auto wanted = [this] { return rehearsals().undisturbed(); };
  const TimePoint began = Clock::now();
  const ThreadTime computing;
  const auto out = model().run_while(wanted, range, inputs);
  const Duration took = Clock::now() - began;
  rehearsed_ += took.count();
  if (!out && out.error().kind == ErrorKind::unavailable) return Rehearsed{.took = took};
  if (!out) return out.error();
  if (range.to == model().last_cut()) last_tail_ = (now + took).time_since_epoch().count();
  return Rehearsed{took, computing.waited(took), true};
}

}  // namespace tideline::engine
