#include "runtime/engine/session.h"

#include "runtime/base/thread_time.h"
#include "runtime/codec/codec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tideline::engine {

std::string_view name(Placement placement) {
  constexpr std::array<std::string_view, 4> kNames{"edge", "cloud", "split", "fallback"};
  return kNames[static_cast<std::size_t>(placement)];
}

namespace {

// The profile measured batches of one: the times of larger batches say nothing about them.
bool teaches(const model::Model& model, std::span<const Tensor> tensors) {
  return !model.takes_any_batch() || (!tensors.empty() && !tensors[0].shape().empty() && tensors[0].shape()[0] == 1);
}

std::uint32_t batch_of(const model::Cut& cut, std::span<const Tensor> crossing) {
  for (std::size_t i = 0; i < crossing.size(); ++i)
    if (any_batch(cut.tensors[i])) return static_cast<std::uint32_t>(crossing[i].shape()[0]);
  return 1;
}

}  // namespace

Result<InferResult> Session::infer(std::vector<Tensor> inputs, TimePoint deadline) const {
  const TimePoint began = Clock::now();
  const model::Model& model = *parts_.model;
  InferResult served{.plan = plan_};
  if (parts_.hedging) served.expected = parts_.hedging->expected(plan_);
  const bool teaching = parts_.traffic && teaches(model, inputs);
  std::optional<Rehearsals::Request> here = computing_here();

  auto crossing = compute(model.head(plan_.cut), inputs, deadline, served.timing, served.timing.head);
  if (!crossing) return crossing.error();
  if (teaching && plan_.cut > 0) parts_.traffic->on_head(plan_, served.timing.head, Clock::now());

  if (plan_.cut == model.last_cut()) {
    served.placement = Placement::edge;
    served.outputs = *std::move(crossing);
  } else if (parts_.hedging && may_finish_here() && parts_.hedging->faster_here(plan_)) {
    auto outputs = compute(model.tail(plan_.cut), *crossing, deadline, served.timing, served.timing.tail);
    if (!outputs) return outputs.error();
    served.placement = Placement::fallback;
    served.outputs = *std::move(outputs);
  } else {
    PendingTail asked = ask_cloud(*crossing, deadline, served);
    here.reset();
    if (auto done = finish(asked, *crossing, deadline, served); !done) return done.error();
  }

  served.timing.total = Clock::now() - began;
  const bool cloud_ran = served.placement == Placement::cloud || served.placement == Placement::split;
  if (teaching && cloud_ran) parts_.traffic->on_tail(plan_, served.timing.tail, Clock::now());
  return served;
}

// Waits until the answer is late. Then runs the tail here while it watches for the answer, and uses the first result.
Result<void> Session::finish(PendingTail& asked, std::span<const Tensor> crossing, TimePoint deadline,
                             InferResult& served) const {
  const bool hedged = wait_for_answer(asked);
  if (!asked.succeeded() && may_finish_here()) {
    served.timing.network = Clock::now() - asked.sent();
    auto outputs = run_tail_meanwhile(asked, crossing, deadline, served.timing);
    if (!asked.succeeded()) {
      if (!outputs) return outputs.error();
      if (hedged) parts_.hedging->won_here();
      served.placement = Placement::fallback;
      served.outputs = *std::move(outputs);
      return {};
    }
  }
  if (!asked.succeeded()) return without_answer(asked.why());
  served.placement = plan_.cut == 0 ? Placement::cloud : Placement::split;
  take(asked.take(), asked.sent(), served);
  return {};
}

bool Session::wait_for_answer(PendingTail& asked) const {
  if (!parts_.hedging || !may_finish_here()) return asked.wait(asked.until()), false;
  control::HedgedWait wait = parts_.hedging->sent(plan_, asked.sent(), asked.until());
  while (!asked.wait(wait.next())) {
    const TimePoint now = Clock::now();
    const bool stalled = parts_.traffic && parts_.traffic->is_stalled(now);
    const control::Hedging::Act act = parts_.hedging->look(wait, now, stalled);
    if (act != control::Hedging::Act::wait) return act == control::Hedging::Act::hedge;
  }
  return false;
}

bool Session::may_finish_here() const {
  return parts_.fall_back && parts_.model->holds_all();
}

Result<std::vector<Tensor>> Session::run_tail_meanwhile(PendingTail& asked, std::span<const Tensor> crossing,
                                                        TimePoint deadline, Timing& timing) const {
  const auto wanted = [&asked] {
    asked.wait(TimePoint{});
    return !asked.succeeded();
  };
  const std::optional<Rehearsals::Request> here = computing_here();
  return compute(parts_.model->tail(plan_.cut), crossing, deadline, timing, timing.tail, wanted);
}

std::optional<Rehearsals::Request> Session::computing_here() const {
  if (!parts_.rehearsals) return std::nullopt;
  return std::optional<Rehearsals::Request>(std::in_place, *parts_.rehearsals);
}

void Session::take(wire::TailAnswer answer, TimePoint sent, InferResult& served) const {
  const wire::Stamps& stamps = answer.stamps;
  // Not below zero: both clocks run at slightly different speeds; the link bounds the difference.
  served.timing.network = std::max(answer.arrived - sent - stamps.residence, Duration{});
  served.timing.queue += stamps.queue;
  served.timing.tail = stamps.decode + stamps.run;
  if (parts_.traffic) parts_.traffic->on_cloud_queue(stamps.queue, answer.arrived);
  served.outputs = std::move(answer.outputs);
}

// Whatever the cloud's reason, this client sees a service that is unavailable or overloaded.
Error Session::without_answer(Error why) const {
  if (!parts_.fall_back) return why;
  const ErrorKind kind = why.kind == ErrorKind::overloaded ? why.kind : ErrorKind::unavailable;
  return error(kind, "{}; only the cloud holds the layers after cut {}", why.message, parts_.model->deepest_cut())
      .after(why.retry_after);
}

Result<std::vector<Tensor>> Session::compute(model::Range range, std::span<const Tensor> in, TimePoint deadline,
                                             Timing& timing, Duration& took, const Wanted& wanted) const {
  if (range.from == range.to) return parts_.model->run(range, in);
  const auto pass = parts_.compute->enter(deadline);
  if (!pass) return pass.error();
  timing.queue += pass->waited();
  const TimePoint began = Clock::now();
  const ThreadTime computing;
  const bool watched = parts_.traffic && range.from == 0 && teaches(*parts_.model, in);
  const monitor::Traffic::HeadWatch watch(watched ? parts_.traffic : nullptr, plan_, began);
  auto out = wanted ? parts_.model->run_while(wanted, range, in) : parts_.model->run(range, in);
  took = Clock::now() - began;
  if (watched) parts_.traffic->on_head_waited(computing.waited(took));
  return out;
}

PendingTail Session::ask_cloud(std::span<const Tensor> crossing, TimePoint deadline, InferResult& served) const {
  const TimePoint began = Clock::now();
  std::vector<Tensor> wire;
  for (const Tensor& tensor : crossing) wire.push_back(codec::encode(plan_.codec, tensor));
  for (const Tensor& tensor : wire) served.wire.count += tensor.bytes().size();
  const TimePoint sent = Clock::now();
  if (parts_.traffic) parts_.traffic->on_sent(served.wire, sent);
  served.timing.encode = sent - began;

  const TimePoint until = std::min(deadline, sent + parts_.patience);
  const std::uint32_t batch = batch_of(parts_.model->cuts()[plan_.cut], crossing);
  wire::TailRequest request{plan_, std::move(wire), until, batch, at_batch(parts_.model->outputs(), batch)};
  return {parts_.link->send(std::move(request)), sent, until};
}

}  // namespace tideline::engine
