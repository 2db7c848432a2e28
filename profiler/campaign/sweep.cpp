#include "profiler/campaign/sweep.h"

#include "profiler/campaign/budget_sweep.h"
#include "profiler/campaign/campaign_steps.h"
#include "profiler/fit/anchors.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tideline::campaign {
namespace {

// Makes the steps of a campaign in its order. Its functions return true to continue and false if it was stopped.
class WholeSweep {
 public:
  WholeSweep(CampaignSteps& steps, const SweepOptions& options)
      : steps_(steps), options_(options), visits_(design(steps.journal().context())), begun_(options.now()) {
    for (const CellVisit& visit : visits_) weights_.push_back(weight_of(visit));
    steps_.progress.visits = static_cast<std::uint32_t>(
        std::ranges::count_if(visits_, [](const CellVisit& visit) { return visit.role != Role::anchors; }));
    for (const CellVisit& visit : visits_)
      if (visit.role != Role::anchors && visit.last) steps_.progress.total += samples_of(visit);
    steps_.remaining = [this] { return remaining(); };
  }

  Result<bool> run() {
    const journal::Measurements& measured = steps_.journal().measured();
    for (std::vector<std::uint32_t>& candidates : unmeasured_agreements(measured))
      if (auto going = steps_.compare(std::move(candidates)); !going || !*going) return going;
    for (const std::vector<std::uint32_t>& candidates : unmeasured_streams(measured))
      if (auto going = steps_.encode(candidates); !going || !*going) return going;
    for (at_ = 0; at_ < visits_.size(); ++at_) {
      const CellVisit& visit = visits_[at_];
      done_before_ = steps_.progress.done;
      if (visit.role == Role::anchors || !steps_.finished(visit))
        if (auto going = steps_.visit(visit, may_take_until()); !going || !*going) return going;
      if (visit.role != Role::anchors) ++steps_.progress.visit;
    }
    return true;
  }

 private:
  double weight_of(const CellVisit& visit) const {
    const std::uint32_t each = visit.role == Role::anchors ? fit::kAnchorRepetitions : steps_.rule().least;
    return each * static_cast<double>(visit.candidates.size()) + static_cast<double>(kImposing);
  }

  std::uint64_t samples_of(const CellVisit& visit) const {
    const RoundRule& rule = steps_.rule();
    const std::size_t each = rule.interval || options_.budget ? rule.least : rule.most;
    std::uint64_t samples = 0;
    for (const std::uint32_t candidate : visit.candidates)
      samples += std::max(each, steps_.totals()[visit.cell][candidate].size());
    return samples;
  }

  // Returns the end of this visit's share of the budget.
  TimePoint may_take_until() const {
    if (!options_.budget) return TimePoint::max();
    const Duration left = *options_.budget - steps_.elapsed();
    return options_.now() + share_of(left, std::span(weights_).subspan(at_));
  }

  // Estimates from the weights of finished and remaining work; nothing at the start of a run.
  std::optional<Duration> remaining() const {
    const Progress& progress = steps_.progress;
    double done = 0, left = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) (i < at_ ? done : left) += weights_[i];
    const auto taken = static_cast<double>(progress.done - done_before_);
    const double here = at_ < weights_.size() ? std::min(taken, weights_[at_]) : 0;
    done += here;
    left -= here;
    const double spent = seconds(options_.now() - begun_);
    if (progress.done == progress.total && at_ + 1 >= visits_.size()) return Duration::zero();
    if (done == 0 || spent <= 0) return std::nullopt;
    return from_seconds(spent * left / done);
  }

  CampaignSteps& steps_;
  const SweepOptions& options_;
  const std::vector<CellVisit> visits_;
  const TimePoint begun_;
  std::vector<double> weights_;    // By visit: approximate cost in measurements.
  std::size_t at_ = 0;             // Index of the current CellVisit.
  std::uint64_t done_before_ = 0;  // Samples before it.
};

}  // namespace

Result<bool> sweep(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject,
                   const std::atomic<bool>& stop, const SweepOptions& options) {
  CampaignSteps steps(journal, stage, subject, stop, options);
  return options.keep_budget ? sweep_within_budget(steps, options) : WholeSweep(steps, options).run();
}

std::size_t wider_than(double interval, const journal::Measurements& measured) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> totals;
  for (const journal::Sample& s : measured.samples) totals[{s.cell, s.candidate}].push_back(seconds(s.terms.total()));
  return static_cast<std::size_t>(std::count_if(
      totals.begin(), totals.end(), [&](const auto& pair) { return relative_half_width(pair.second) > interval; }));
}

}  // namespace tideline::campaign
