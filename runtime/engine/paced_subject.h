// PacedSubject: measures beside the requests of a serving edge, in a share of the time.
//
//   PacedSubject subject(engine_subject, rehearsals, {.share = 0.25}, stop);
//   const auto timed = subject.time(plan);  // May wait for some seconds before it measures.
//
// A measurement begins when no request computes on this machine, or after `longest_wait` all the same: a busy edge is
// measured, too. Then the subject rests so long that measurements take that share of the time. Belongs to one thread.
#pragma once

#include "profiler/journal/subject.h"
#include "runtime/base/time.h"
#include "runtime/engine/rehearsals.h"

#include <atomic>
#include <functional>

namespace tideline::engine {

class PacedSubject final : public journal::Subject {
 public:
  struct Pace {
    double share = 0.25;  // Above 0, at most 1.
    Duration longest_wait = std::chrono::seconds(2);
  };

  // A wait ends early, with unavailable, once `stop` is true. All three must outlive the subject.
  PacedSubject(journal::Subject& measured, const Rehearsals& requests, const std::atomic<bool>& stop, Pace pace)
      : measured_(measured), requests_(requests), stop_(stop), pace_(pace) {}

  Result<journal::TimedInference> time(const plan::Plan& plan) override;
  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans, const std::atomic<bool>& stop) override;
  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) override;

  // Makes a measurement of another kind.
  Result<void> run(const std::function<Result<void>()>& measure);

  // The time that measurements took so far.
  Duration taken() const { return taken_; }

 private:
  template <typename Measure>
  auto paced(Measure measure) -> decltype(measure());
  bool wait_for_turn() const;  // Returns false if it was stopped.

  journal::Subject& measured_;
  const Rehearsals& requests_;
  const std::atomic<bool>& stop_;
  const Pace pace_;
  Duration taken_{};
  TimePoint next_{};  // Not before this time.
};

}  // namespace tideline::engine
