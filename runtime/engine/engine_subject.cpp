#include "runtime/engine/engine_subject.h"

#include "runtime/engine/stream_bytes.h"

#include <algorithm>
#include <utility>

namespace tideline::engine {
namespace {

Session::Parts without_fall_back(Session::Parts parts) {
  parts.fall_back = false;
  return parts;
}

std::vector<Input> all_of(const SampleInputs& inputs) {
  std::vector<Input> all;
  all.reserve(inputs.size());
  for (std::uint32_t i = 0; i < inputs.size(); ++i) all.push_back(inputs.at(i));
  return all;
}

}  // namespace

EngineSubject::EngineSubject(Session::Parts parts, monitor::Monitor& monitor, const Reference& reference,
                             const SampleInputs& inputs, std::optional<SampleInputs> sequence)
    : parts_(without_fall_back(std::move(parts))),
      inputs_(all_of(inputs)),
      sequence_(std::move(sequence)),
      monitor_(monitor),
      reference_(reference) {}

Result<journal::TimedInference> EngineSubject::time(const plan::Plan& plan) {
  const auto served = Session(parts_, plan).infer(inputs_[timed_[plan]++ % inputs_.size()], turn());
  if (!served) return served.error();
  const Timing& t = served->timing;
  return journal::TimedInference{
      {.head = t.head, .encode = t.encode, .network = t.network, .queue = t.queue, .tail = t.tail},
      monitor_.sample(Clock::now()),
      served->wire};
}

struct EngineSubject::Compared {
  Session session;
  Reference::Sum sum;
  std::optional<Error> failed{};
};

// These runs must not change the estimates of machines and link.
std::vector<Result<plan::Agreement>> EngineSubject::agree(std::span<const plan::Plan> plans,
                                                          const std::atomic<bool>& stop) {
  Session::Parts parts = parts_;
  parts.traffic = nullptr;
  std::vector<Compared> compared;
  compared.reserve(plans.size());
  for (const plan::Plan& plan : plans) compared.push_back({Session(parts, plan), Reference::Sum(reference_)});
  for (std::uint32_t i = 0; i < reference_.size() && !stop; ++i) compare(i, compared);
  std::vector<Result<plan::Agreement>> agreements;
  for (const Compared& one : compared) {
    if (one.failed)
      agreements.emplace_back(*one.failed);
    else if (stop)
      agreements.emplace_back(error(ErrorKind::unavailable, "the comparison was stopped"));
    else
      agreements.emplace_back(one.sum.agreement());
  }
  return agreements;
}

void EngineSubject::compare(std::uint32_t i, std::vector<Compared>& plans) const {
  const auto going = [](const Compared& one) { return !one.failed; };
  const auto first = std::ranges::find_if(plans, going);
  if (first == plans.end()) return;
  const auto headed = first->session.run_head(reference_.input(i), turn());
  for (Compared& one : plans) {
    if (one.failed) continue;
    const auto served = headed ? one.session.infer_after(*headed, turn()) : Result<InferResult>(headed.error());
    const Result<void> added = served ? one.sum.add(i, served->outputs) : Result<void>(served.error());
    if (!added) one.failed = added.error();
  }
}

Result<std::vector<Bytes>> EngineSubject::stream(std::span<const plan::Plan> plans) {
  return stream_bytes(*parts_.model, *sequence_, plans);
}

}  // namespace tideline::engine
