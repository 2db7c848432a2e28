#include "runtime/engine/session.h"

#include "runtime/codec/codec.h"

#include <algorithm>
#include <array>

namespace tideline {

std::string_view name(Placement placement) {
  constexpr std::array<std::string_view, 4> kNames{"edge", "cloud", "split", "fallback"};
  return kNames[static_cast<std::size_t>(placement)];
}

namespace {

// What was measured is a batch of one: what a larger batch takes says nothing of that.
bool teaches(const Model& model, std::span<const Tensor> tensors) {
  return !model.takes_any_batch() || (!tensors.empty() && !tensors[0].shape().empty() && tensors[0].shape()[0] == 1);
}

std::uint32_t batch_of(const Cut& cut, std::span<const Tensor> crossing) {
  for (std::size_t i = 0; i < crossing.size(); ++i)
    if (any_batch(cut.tensors[i])) return static_cast<std::uint32_t>(crossing[i].shape()[0]);
  return 1;
}

}  // namespace

Result<Served> Session::infer(std::vector<Tensor> inputs, TimePoint deadline) const {
  const TimePoint began = Clock::now();
  const Model& model = *parts_.model;
  Served served{.plan = plan_};
  const bool teaching = parts_.traffic && teaches(model, inputs);

  auto crossing = compute(model.head(plan_.cut), inputs, deadline, served.timing, served.timing.head);
  if (!crossing) return crossing.error();
  if (teaching && plan_.cut > 0) parts_.traffic->on_head(plan_, served.timing.head, Clock::now());

  if (plan_.cut == model.last_cut()) {
    served.placement = Placement::edge;
    served.outputs = *std::move(crossing);
  } else if (auto answer = ask_cloud(*crossing, deadline, served)) {
    served.placement = plan_.cut == 0 ? Placement::cloud : Placement::split;
    served.outputs = std::move(answer->outputs);
  } else if (!parts_.fall_back || !model.holds_all()) {
    return without_answer(answer.error());
  } else {
    auto outputs = compute(model.tail(plan_.cut), *crossing, deadline, served.timing, served.timing.tail);
    if (!outputs) return outputs.error();
    served.placement = Placement::fallback;
    served.outputs = *std::move(outputs);
  }

  served.timing.total = Clock::now() - began;
  const bool cloud_ran = served.placement == Placement::cloud || served.placement == Placement::split;
  if (teaching && cloud_ran) parts_.traffic->on_tail(plan_, served.timing.tail, Clock::now());
  return served;
}

// Whatever the cloud's reason: to who asked here, the part that only it holds is not there.
Error Session::without_answer(Error why) const {
  if (!parts_.fall_back) return why;
  const ErrorKind kind = why.kind == ErrorKind::overloaded ? why.kind : ErrorKind::unavailable;
  return error(kind, "{}; what follows cut {} runs in the cloud only", why.message, parts_.model->deepest_cut())
      .after(why.retry_after);
}

Result<std::vector<Tensor>> Session::compute(Range range, std::span<const Tensor> in, TimePoint deadline,
                                             Timing& timing, Duration& took) const {
  if (range.from == range.to) return parts_.model->run(range, in);
  const auto pass = parts_.compute->enter(deadline);
  if (!pass) return pass.error();
  timing.queue += pass->waited();
  const TimePoint began = Clock::now();
  const bool watched = range.from == 0 && teaches(*parts_.model, in);
  const Traffic::HeadWatch watch(watched ? parts_.traffic : nullptr, plan_, began);
  auto out = parts_.model->run(range, in);
  took = Clock::now() - began;
  return out;
}

Result<TailAnswer> Session::ask_cloud(std::span<const Tensor> crossing, TimePoint deadline, Served& served) const {
  Timing& timing = served.timing;
  const TimePoint began = Clock::now();
  std::vector<Tensor> wire;
  for (const Tensor& tensor : crossing) wire.push_back(encode(plan_.codec, tensor));
  for (const Tensor& tensor : wire) served.wire.count += tensor.bytes().size();
  const TimePoint sent = Clock::now();
  timing.encode = sent - began;

  const TimePoint until = std::min(deadline, sent + parts_.patience);
  const std::uint32_t batch = batch_of(parts_.model->cuts()[plan_.cut], crossing);
  const std::unique_ptr<Pending> pending = parts_.link->send({plan_, std::move(wire), until, batch});
  auto answer = pending->wait(until);
  timing.uplink = Clock::now() - sent;
  if (!answer) return error(ErrorKind::unavailable, "the cloud did not answer within {}", to_string(until - sent));
  if (!*answer) return answer->error();

  const Stamps& stamps = (*answer)->stamps;
  timing.uplink = (*answer)->arrived - sent - stamps.residence;
  timing.queue += stamps.queue;
  timing.tail = stamps.decode + stamps.run;
  return *std::move(*answer);
}

}  // namespace tideline
