#include "runtime/engine/session.h"

#include "runtime/base/refusal_reasons.h"
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

std::string_view name(StreamForm form) {
  constexpr std::array<std::string_view, 3> kNames{"whole", "difference", "resent"};
  return kNames[static_cast<std::size_t>(form)];
}

namespace {

constexpr Duration kUnread = std::chrono::milliseconds(10);  // In which answers that have come are read.

// The profile measured batches of one: the times of larger batches say nothing about them.
bool teaches(const model::Model& model, std::int64_t batch) {
  return !model.takes_any_batch() || batch == 1;
}

Bytes size_of(std::span<const Tensor> tensors) {
  Bytes size;
  for (const Tensor& tensor : tensors) size.count += tensor.bytes().size();
  return size;
}

}  // namespace

Result<InferResult> Session::infer(Input input, const Turn& turn, const Stream* stream,
                                   const std::optional<SendLimit>& limit, SharedDispatcher::Request* dispatched) const {
  const TimePoint began = Clock::now();
  const model::Model& model = *parts_.model;
  const std::int64_t batch = model.takes_any_batch() ? input.batch() : 1;
  InferResult served{.plan = plan_for(plan_, input.is_image())};
  if (dispatched && dispatched->latency())
    served.expected = dispatched->latency();
  else if (parts_.hedging)
    served.expected = parts_.hedging->expected(plan_);
  const bool teaching = parts_.traffic && served.plan == plan_ && teaches(model, batch);
  std::optional<Rehearsals::Request> here = computing_here();

  auto after_head = run_head(std::move(input), turn, served);
  if (!after_head) return after_head.error();
  if (teaching && plan_.cut > 0) parts_.traffic->on_head(plan_, served.timing.head, Clock::now());

  if (plan_.cut == model.last_cut()) {
    served.placement = Placement::edge;
    served.outputs.assign(after_head->ready().begin(), after_head->ready().end());
  } else {
    Crossing crossing{*std::move(after_head), batch, turn, frame_of(stream, served.plan), limit, dispatched};
    if (dispatched) crossing.waits = dispatched->sends(rest());
    if (const auto done = cross(crossing, served, teaching, here); !done) return done.error();
  }

  served.timing.total = Clock::now() - began;
  if (dispatched) dispatched->computed(served.timing.computed, served.placement != Placement::fallback && batch == 1);
  const bool cloud_ran = served.placement == Placement::cloud || served.placement == Placement::split;
  if (teaching && cloud_ran) parts_.traffic->on_tail(plan_, served.timing.tail, Clock::now());
  return served;
}

Result<Session::Headed> Session::run_head(Input input, const Turn& turn) const {
  const std::int64_t batch = parts_.model->takes_any_batch() ? input.batch() : 1;
  InferResult served{.plan = plan_for(plan_, input.is_image())};
  const std::optional<Rehearsals::Request> here = computing_here();
  auto after_head = run_head(std::move(input), turn, served);
  if (!after_head) return after_head.error();
  return Headed{*std::move(after_head), batch};
}

Result<InferResult> Session::infer_after(Headed headed, const Turn& turn) const {
  InferResult served{.plan = plan_for(plan_, headed.input.is_image())};
  if (plan_.cut == parts_.model->last_cut()) {
    served.outputs.assign(headed.input.ready().begin(), headed.input.ready().end());
    return served;
  }
  Crossing crossing{std::move(headed.input), headed.batch, turn, std::nullopt, std::nullopt};
  std::optional<Rehearsals::Request> here = computing_here();
  if (const auto done = cross(crossing, served, false, here); !done) return done.error();
  return served;
}

Result<void> Session::cross(Crossing& crossing, InferResult& served, bool teaching,
                            std::optional<Rehearsals::Request>& here) const {
  if (is_faster_here(crossing)) return stay(crossing, served);
  auto wire = encode(crossing, served);
  if (!wire) return wire.error();
  const Bytes size = size_of(*wire);
  if (teaching) parts_.traffic->on_encoded(plan_, size, Clock::now());
  const auto sends = this->sends(size, crossing.limit);
  if (!sends) return sends.error();
  if (!*sends) return stay(crossing, served);
  // Giving up while others are still before it would only move the queue to the edge.
  const TimePoint until = std::min(crossing.turn.deadline, Clock::now() + crossing.waits.there + parts_.patience);
  PendingTail asked = ask_cloud(*std::move(wire), crossing, until, served);
  here.reset();
  return finish(asked, crossing, served);
}

plan::Plan plan_for(plan::Plan plan, bool is_image) {
  if (plan::is_of_images(plan.codec) && !is_image) plan.codec = plan::Codec::fp32;
  return plan;
}

Result<Input> Session::run_head(Input input, const Turn& turn, InferResult& served) const {
  if (plan::is_of_images(served.plan.codec)) return input;
  auto out = compute(parts_.model->head(plan_.cut), input, turn, served.timing, served.timing.head);
  if (!out) return ended(turn, out.error());
  return Input(*std::move(out));
}

Result<bool> Session::sends(Bytes size, const std::optional<SendLimit>& limit) const {
  if (!limit || size <= limit->most) return true;
  if (limit->may_stay && may_finish_here()) return false;
  return error(ErrorKind::invalid,
               "cut {} in {} sends {} for this input, more than the {} that edge.max_sent or edge.max_sent_per_day "
               "leaves; send a smaller input, or raise the limit",
               plan_.cut, plan::name(plan_.codec), to_string(size), to_string(limit->most));
}

Result<void> Session::stay(Crossing& crossing, InferResult& served) const {
  runs_here(crossing);
  auto outputs =
      compute(parts_.model->tail(plan_.cut), crossing.input, crossing.turn, served.timing, served.timing.tail);
  if (!outputs) return ended(crossing.turn, outputs.error());
  served.placement = Placement::fallback;
  served.outputs = *std::move(outputs);
  return {};
}

// Waits until the answer is late. Then runs the tail here while it watches for the answer, and uses the first result.
Result<void> Session::finish(PendingTail& asked, Crossing& crossing, InferResult& served) const {
  bool hedged = wait_for_answer(asked, crossing);
  if (asked.lacks_reference() && ask_again(asked, crossing, served)) hedged = wait_for_answer(asked, crossing);
  if (!asked.succeeded() && may_finish_here()) {
    served.timing.network = Clock::now() - asked.sent();
    auto outputs = run_tail_meanwhile(asked, crossing, served.timing);
    if (crossing.frame && asked.lacks_reference()) crossing.frame->lose_reference();
    if (!asked.succeeded()) {
      if (!outputs) return ended(crossing.turn, outputs.error());
      if (hedged) parts_.hedging->won_here();
      served.placement = Placement::fallback;
      served.outputs = *std::move(outputs);
      return {};
    }
  }
  if (!asked.succeeded()) return without_answer(asked.why(), crossing);
  served.placement = plan_.cut == 0 ? Placement::cloud : Placement::split;
  wire::TailAnswer answer = asked.take();
  if (crossing.frame) crossing.frame->answered(answer.connection);
  take(std::move(answer), asked.sent(), served);
  return {};
}

bool Session::ask_again(PendingTail& asked, Crossing& crossing, InferResult& served) const {
  if (!crossing.frame || !crossing.frame->is_difference()) return false;
  crossing.frame->lose_reference();
  const TimePoint began = Clock::now();
  if (began >= asked.until() || is_faster_here(crossing)) return false;
  std::vector<Tensor> wire = crossing.frame->encode_whole(crossing.input.ready());
  served.timing.encode += Clock::now() - began;
  if (const auto sent = sends(size_of(wire), crossing.limit); !sent || !*sent) return false;
  asked = ask_cloud(std::move(wire), crossing, asked.until(), served);
  served.stream = StreamForm::resent;
  return true;
}

bool Session::is_faster_here(const Crossing& crossing) const {
  return parts_.hedging && may_finish_here() && parts_.hedging->faster_here(plan_, crossing.waits);
}

std::optional<dispatch::Rest> Session::rest() const {
  return parts_.hedging ? parts_.hedging->rest(plan_) : std::nullopt;
}

void Session::runs_here(const Crossing& crossing) const {
  if (crossing.dispatched) crossing.dispatched->runs_here(rest().value_or(dispatch::Rest{}).here);
}

bool Session::wait_for_answer(PendingTail& asked, const Crossing& crossing) const {
  if (!parts_.hedging || !may_finish_here()) return asked.wait(asked.until()), false;
  const bool has_deadline = crossing.turn.deadline < TimePoint::max();
  control::HedgedWait wait = parts_.hedging->sent(plan_, asked.sent(), asked.until(), crossing.waits,
                                                  has_deadline ? std::optional(crossing.turn.deadline) : std::nullopt);
  for (;;) {
    const TimePoint next = wait.next();
    if (asked.wait(next)) return false;
    // A thread that wakes late was kept from the CPU, by a quota perhaps, and so were those that read answers.
    if (!has_deadline && Clock::now() > next + kUnread && asked.wait(Clock::now() + kUnread)) return false;
    const TimePoint now = Clock::now();
    const control::Hedging::Seen seen{.stalled = parts_.traffic && parts_.traffic->is_stalled(now),
                                      .edge_free = !crossing.dispatched || crossing.dispatched->edge_free()};
    const control::Hedging::Act act = parts_.hedging->look(wait, now, seen);
    if (act != control::Hedging::Act::wait) return act == control::Hedging::Act::hedge;
  }
}

bool Session::may_finish_here() const {
  return parts_.fall_back && parts_.model->holds_all();
}

Result<std::vector<Tensor>> Session::run_tail_meanwhile(PendingTail& asked, Crossing& crossing, Timing& timing) const {
  const auto wanted = [&asked] {
    asked.wait(TimePoint{});
    return !asked.succeeded();
  };
  const std::optional<Rehearsals::Request> here = computing_here();
  runs_here(crossing);
  auto outputs = compute(parts_.model->tail(plan_.cut), crossing.input, crossing.turn, timing, timing.tail, wanted);
  if (outputs && parts_.hedging && teaches(*parts_.model, crossing.batch))
    parts_.hedging->on_tail_here(plan_, timing.tail);
  return outputs;
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

// Whatever the cloud's reason, this client sees a service that is unavailable or overloaded; unless its image is at
// fault.
Error Session::without_answer(Error why, Crossing& crossing) const {
  if (!crossing.input.is_ready())
    if (const auto decoded = crossing.input.tensors(); !decoded) return decoded.error();
  if (!parts_.fall_back) return why;
  const ErrorKind kind = why.kind == ErrorKind::overloaded ? why.kind : ErrorKind::unavailable;
  const Error told =
      error(kind, "{}; only the cloud holds the layers after cut {}", why.message, parts_.model->deepest_cut())
          .after(why.retry_after);
  note_request(crossing.turn.refused, refusal::kNoCloud, told);
  return told;
}

Error Session::ended(const Turn& turn, Error why) const {
  if (why.kind == ErrorKind::overloaded) note_request(turn.refused, refusal::kOverdue, why);
  if (why.kind == ErrorKind::unavailable) note_request(turn.refused, refusal::kClientLeft, why);
  return why;
}

Result<Gate::Pass> Session::enter(const Turn& turn, const Wanted& wanted) const {
  if (!turn.wanted) return parts_.compute->enter(turn.deadline, wanted, turn.priority);
  const auto both = [&] { return turn.wanted() && (!wanted || wanted()); };
  auto pass = parts_.compute->enter(turn.deadline, both, turn.priority);
  if (pass || pass.error().kind != ErrorKind::unavailable || turn.wanted()) return pass;
  return error(ErrorKind::unavailable, "the client left while the request waited for a compute slot");
}

Result<std::vector<Tensor>> Session::compute(model::Range range, Input& in, const Turn& turn, Timing& timing,
                                             Duration& took, const Wanted& wanted) const {
  if (range.from == range.to && in.is_ready()) return parts_.model->run(range, in.ready());
  const auto pass = enter(turn, wanted);
  if (!pass) return pass.error();
  timing.queue += pass->waited();
  const TimePoint entered = Clock::now();
  const ThreadTime working;
  const auto tensors = in.tensors();
  if (!tensors) return tensors.error();
  const TimePoint began = Clock::now();
  timing.encode += began - entered;
  const ThreadTime computing;
  const bool watched = parts_.traffic && range.from == 0 && range.to > 0 && teaches(*parts_.model, in.batch());
  const monitor::Traffic::HeadWatch watch(watched ? parts_.traffic : nullptr, plan_, began);
  auto out = wanted ? parts_.model->run_while(wanted, range, *tensors) : parts_.model->run(range, *tensors);
  took = Clock::now() - began;
  timing.computed += working.used();
  if (watched) parts_.traffic->on_head_waited(computing.waited(took));
  return out;
}

std::optional<StreamFrame> Session::frame_of(const Stream* stream, const plan::Plan& plan) const {
  if (!stream || !parts_.streams || !plan::is_of_steps(plan.codec)) return std::nullopt;
  return std::optional<StreamFrame>(std::in_place, *parts_.streams, stream->sequence, plan);
}

Result<std::vector<Tensor>> Session::encode(Crossing& crossing, InferResult& served) const {
  if (plan::is_of_images(served.plan.codec)) return encode_images(crossing, served);
  const TimePoint began = Clock::now();
  const ThreadTime working;
  const std::span<const Tensor> tensors = crossing.input.ready();
  std::vector<Tensor> wire;
  if (crossing.frame) {
    wire = crossing.frame->encode(tensors);
    served.stream = crossing.frame->is_difference() ? StreamForm::difference : StreamForm::whole;
  } else {
    for (const Tensor& tensor : tensors) wire.push_back(codec::encode(served.plan.codec, tensor));
  }
  served.timing.encode += Clock::now() - began;
  served.timing.computed += working.used();
  return wire;
}

Result<std::vector<Tensor>> Session::encode_images(const Crossing& crossing, InferResult& served) const {
  const plan::Codec codec = served.plan.codec;
  std::optional<Gate::Pass> pass;
  if (codec != plan::Codec::source) {
    auto entered = enter(crossing.turn);
    if (!entered) return ended(crossing.turn, entered.error());
    pass.emplace(*std::move(entered));
    served.timing.queue += pass->waited();
  }
  const TimePoint began = Clock::now();
  const ThreadTime working;
  Result<Tensor> images = codec::encode_images(codec, crossing.input.files(), crossing.input.taken());
  if (!images) return images.error();
  served.timing.encode += Clock::now() - began;
  served.timing.computed += working.used();
  return std::vector<Tensor>{*std::move(images)};
}

PendingTail Session::ask_cloud(std::vector<Tensor> wire, const Crossing& crossing, TimePoint until,
                               InferResult& served) const {
  const Bytes size = size_of(wire);
  served.wire.count += size.count;
  const TimePoint sent = Clock::now();
  if (parts_.traffic) parts_.traffic->on_sent(size, sent);
  wire::TailRequest request{served.plan, std::move(wire), until, static_cast<std::uint32_t>(crossing.batch),
                            at_batch(parts_.model->outputs(), crossing.batch)};
  request.priority = crossing.turn.priority;
  request.trace = crossing.turn.trace;
  if (crossing.frame) crossing.frame->put_into(request);
  return {parts_.link->send(std::move(request)), sent, until};
}

}  // namespace tideline::engine
