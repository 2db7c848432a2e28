#include "runtime/engine/paced_subject.h"

#include <thread>

namespace tideline::engine {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(5);

}  // namespace

Result<journal::TimedInference> PacedSubject::time(const plan::Plan& plan) {
  return paced([&] { return measured_.time(plan); });
}

std::vector<Result<plan::Agreement>> PacedSubject::agree(std::span<const plan::Plan> plans,
                                                         const std::atomic<bool>& stop) {
  using Agreements = std::vector<Result<plan::Agreement>>;
  auto agreements = paced([&]() -> Result<Agreements> { return measured_.agree(plans, stop); });
  return agreements ? *std::move(agreements) : Agreements(plans.size(), agreements.error());
}

Result<std::vector<Bytes>> PacedSubject::stream(std::span<const plan::Plan> plans) {
  return paced([&] { return measured_.stream(plans); });
}

Result<void> PacedSubject::run(const std::function<Result<void>()>& measure) {
  return paced(measure);
}

template <typename Measure>
auto PacedSubject::paced(Measure measure) -> decltype(measure()) {
  if (!wait_for_turn()) return error(ErrorKind::unavailable, "the measuring was stopped");
  const TimePoint began = Clock::now();
  auto result = measure();
  const Duration took = Clock::now() - began;
  taken_ += took;
  next_ = began + from_seconds(seconds(took) / pace_.share);
  return result;
}

bool PacedSubject::wait_for_turn() const {
  while (!stop_ && Clock::now() < next_) std::this_thread::sleep_for(kLook);
  const TimePoint until = Clock::now() + pace_.longest_wait;
  while (!stop_ && !requests_.undisturbed() && Clock::now() < until) std::this_thread::sleep_for(kLook);
  return !stop_;
}

}  // namespace tideline::engine
