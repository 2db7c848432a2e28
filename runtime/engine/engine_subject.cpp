#include "runtime/engine/engine_subject.h"

namespace tideline::engine {
namespace {

Session::Parts without_fall_back(Session::Parts parts) {
  parts.fall_back = false;
  return parts;
}

// Enough for a mean, and few enough for the memory of a small edge.
constexpr std::uint64_t kInputs = 4;

std::vector<std::vector<Tensor>> draw_inputs(const model::Model& model, std::uint64_t seed) {
  std::vector<std::vector<Tensor>> inputs;
  for (std::uint64_t i = 0; i < kInputs; ++i) inputs.push_back(model::random_tensors(model.inputs(), seed + i));
  return inputs;
}

}  // namespace

EngineSubject::EngineSubject(Session::Parts parts, monitor::Monitor& monitor, const Reference& reference,
                             std::uint64_t seed)
    : parts_(without_fall_back(std::move(parts))),
      inputs_(draw_inputs(*parts_.model, seed)),
      monitor_(monitor),
      reference_(reference) {}

Result<journal::TimedInference> EngineSubject::time(const plan::Plan& plan) {
  const auto served = Session(parts_, plan).infer(inputs_[timed_++ % kInputs], TimePoint::max());
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
  return reference_.compare([&session](std::vector<Tensor> inputs) -> Result<std::vector<Tensor>> {
    auto served = session.infer(std::move(inputs), TimePoint::max());
    if (!served) return served.error();
    return std::move(served->outputs);
  });
}

}  // namespace tideline::engine
