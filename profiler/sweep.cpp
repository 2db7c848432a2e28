#include "profiler/sweep.h"

#include "profiler/lines.h"
#include "profiler/random.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace tideline {
namespace {

// One run of a campaign. Its functions return true to go on and false when it was stopped.
class Campaign {
 public:
  Campaign(Journal& journal, Stage& stage, Subject& subject, const std::atomic<bool>& stop, const SweepOptions& options)
      : journal_(journal), stage_(stage), subject_(subject), stop_(stop), options_(options) {
    progress_.cells = static_cast<std::uint32_t>(journal.context().cells.size());
    progress_.done = journal.samples().size();
    progress_.total = measurements_of(journal.context());
  }

  Result<bool> run() {
    for (std::uint32_t candidate = 0; candidate < journal_.agreements().size(); ++candidate)
      if (auto going = compare(candidate); !going || !*going) return going;
    for (std::uint32_t cell = 0; cell < progress_.cells; ++cell) {
      const std::vector<Step> missing = missing_in(cell);
      if (missing.empty()) continue;
      if (auto going = enter(cell, missing); !going || !*going) return going;
      for (const Step& step : missing)
        if (auto going = measure(cell, step); !going || !*going) return going;
    }
    return true;
  }

 private:
  Result<bool> compare(std::uint32_t candidate) {
    if (journal_.agreements()[candidate]) return true;
    Error last;
    for (std::uint32_t attempt = 0; attempt < attempts(); ++attempt) {
      if (stop_) return false;
      const auto agreement = subject_.agree(plan(candidate));
      if (agreement) {
        if (auto ok = journal_.append_agreement(candidate, *agreement); !ok) return ok.error();
        return true;
      }
      last = agreement.error();
      if (last.kind == ErrorKind::invalid) return last.within("the agreement of " + named(candidate));
    }
    last.kind = ErrorKind::unavailable;
    return last.within(fmt::format("the agreement of {} failed {} times", named(candidate), attempts()));
  }

  std::vector<Step> missing_in(std::uint32_t cell) const {
    std::vector<Step> steps = schedule(journal_.context(), cell);
    std::erase_if(steps, [&](const Step& step) { return journal_.has(cell, step.candidate, step.repetition); });
    return steps;
  }

  Result<bool> enter(std::uint32_t cell, const std::vector<Step>& missing) {
    if (stop_) return false;
    const Stress& asked = journal_.context().cells[cell];
    const auto imposed = stage_.impose(asked);
    if (!imposed) return imposed.error().within(fmt::format("cell {} ({})", cell, to_string(asked)));
    if (auto ok = journal_.append_imposed(cell, *imposed); !ok) return ok.error();
    progress_.cell = cell;
    progress_.asked = asked;
    report();
    return warm_up(missing);
  }

  // A warm-up that fails says nothing yet: the measurement that follows will, and has its attempts counted.
  Result<bool> warm_up(const std::vector<Step>& missing) {
    std::set<std::uint32_t> candidates;
    for (const Step& step : missing) candidates.insert(step.candidate);
    for (const std::uint32_t candidate : candidates) {
      if (stop_) return false;
      [[maybe_unused]] const auto ignored = subject_.time(plan(candidate));
    }
    return true;
  }

  Result<bool> measure(std::uint32_t cell, const Step& step) {
    Error last;
    for (std::uint32_t attempt = 0; attempt < attempts(); ++attempt) {
      if (stop_) return false;
      const auto sample = attempt_once(cell, step);
      if (sample) return take(*sample);
      last = sample.error();
      ++progress_.failed;
      if (auto ok = journal_.append_failure(cell, step.candidate, step.repetition, last.message); !ok)
        return ok.error();
      if (last.kind == ErrorKind::invalid) return last.within(named(cell, step));
    }
    last.kind = ErrorKind::unavailable;
    return last.within(fmt::format("{} failed {} times", named(cell, step), attempts()));
  }

  Result<Sample> attempt_once(std::uint32_t cell, const Step& step) {
    const auto timed = subject_.time(plan(step.candidate));
    if (!timed) return timed.error();
    Sample sample{cell, step.candidate, step.repetition, timed->terms, timed->seen, timed->wire};
    // A time that cannot be is a failed measurement like any other: the next one may be sound.
    if (auto ok = check(sample, journal_.context()); !ok) return Error{ErrorKind::internal, ok.error().message};
    return sample;
  }

  Result<bool> take(const Sample& sample) {
    if (auto ok = journal_.append(sample); !ok) return ok.error();
    ++progress_.done;
    ++taken_;
    report();
    return true;
  }

  void report() {
    if (!options_.on_progress) return;
    if (taken_ > 0)
      progress_.remaining = from_seconds(seconds(Clock::now() - begun_) / static_cast<double>(taken_) *
                                         static_cast<double>(progress_.total - progress_.done));
    options_.on_progress(progress_);
  }

  const Plan& plan(std::uint32_t candidate) const { return journal_.context().candidates[candidate].plan; }

  std::uint32_t attempts() const { return std::max(1u, options_.max_attempts); }

  std::string named(std::uint32_t index) const {
    const Candidate& candidate = journal_.context().candidates[index];
    return fmt::format("cut {} ({}, {})", candidate.plan.cut, candidate.cut_name, name(candidate.plan.codec));
  }

  std::string named(std::uint32_t cell, const Step& step) const {
    return fmt::format("cell {} ({}), {}, repetition {}", cell, to_string(journal_.context().cells[cell]),
                       named(step.candidate), step.repetition);
  }

  Journal& journal_;
  Stage& stage_;
  Subject& subject_;
  const std::atomic<bool>& stop_;
  const SweepOptions& options_;
  const TimePoint begun_ = Clock::now();

  Progress progress_;
  std::uint64_t taken_ = 0;  // Samples of this run.
};

}  // namespace

std::vector<Step> schedule(const Context& context, std::uint32_t cell) {
  // An odd multiplier keeps the seeds of the cells apart.
  Random random(context.seed + (cell + std::uint64_t{1}) * 0x9E3779B97F4A7C15u);
  std::vector<std::uint32_t> round(context.candidates.size());
  std::iota(round.begin(), round.end(), 0u);
  std::vector<Step> steps;
  for (std::uint32_t repetition = 0; repetition < context.repetitions; ++repetition) {
    shuffle(round, random);
    for (const std::uint32_t candidate : round) steps.push_back({candidate, repetition});
  }
  return steps;
}

Result<bool> sweep(Journal& journal, Stage& stage, Subject& subject, const std::atomic<bool>& stop,
                   const SweepOptions& options) {
  return Campaign(journal, stage, subject, stop, options).run();
}

}  // namespace tideline
