#include "runtime/engine/engine_subject.h"

#include "runtime/engine/stream_bytes.h"

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
  const Turn turn{.deadline = Clock::now() + parts_.patience, .priority = parts_.priority};
  const auto served = Session(parts_, plan).infer(inputs_[timed_[plan]++ % inputs_.size()], turn);
  if (!served) return served.error();
  const Timing& t = served->timing;
  return journal::TimedInference{
      {.head = t.head, .encode = t.encode, .network = t.network, .queue = t.queue, .tail = t.tail},
      monitor_.sample(Clock::now()),
      served->wire};
}

// These runs must not change the estimates of machines and link.
Result<plan::Agreement> EngineSubject::agree(const plan::Plan& plan) {
  Session::Parts parts = parts_;
  parts.traffic = nullptr;
  const Session session(std::move(parts), plan);
  return reference_.compare([&](Input input) -> Result<std::vector<Tensor>> {
    auto served =
        session.infer(std::move(input), {.deadline = Clock::now() + parts_.patience, .priority = parts_.priority});
    if (!served) return served.error();
    return std::move(served->outputs);
  });
}

Result<std::vector<Bytes>> EngineSubject::stream(std::span<const plan::Plan> plans) {
  return stream_bytes(*parts_.model, *sequence_, plans);
}

}  // namespace tideline::engine
