#include "profiler/campaign/sweep.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/rounds.h"
#include "profiler/fit/anchors.h"
#include "profiler/journal/campaign_checks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tideline::campaign {
namespace {

// For making the table, and for lifting the last load: this share of a budget that is kept.
constexpr double kConcluding = 0.04;

// One run of a campaign. Its functions return true to continue and false if it was stopped.
class Campaign {
 public:
  Campaign(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject, const std::atomic<bool>& stop,
           const SweepOptions& options)
      : journal_(journal),
        stage_(stage),
        subject_(subject),
        stop_(stop),
        options_(options),
        rule_(rule_of(journal.context(), options.interval)),
        visits_(design(journal.context())),
        begun_(options.begun.value_or(options.now())),
        pace_(journal.context()) {
    totals_.resize(journal.context().cells.size(),
                   std::vector<std::vector<double>>(journal.context().candidates.size()));
    for (const journal::Sample& sample : journal.samples()) {
      note(sample);
      before_ = std::max(before_, sample.at);
    }
    for (const journal::AnchorSample& sample : journal.measured().anchors) {
      before_ = std::max(before_, sample.at);
      standing_.looked.insert(sample.visit);
    }
    for (const CellVisit& visit : visits_) {
      weights_.push_back(visit.role == Role::anchors
                             ? fit::kAnchorRepetitions * static_cast<double>(visit.candidates.size())
                             : rule_.least * static_cast<double>(visit.candidates.size()));
      weights_.back() += static_cast<double>(kImposing);
      if (visit.role == Role::anchors) continue;
      ++progress_.visits;
      if (!visit.last) continue;
      const std::uint32_t each = rule_.interval || options_.budget ? rule_.least : rule_.most;
      for (const std::uint32_t candidate : visit.candidates)
        progress_.total += std::max<std::size_t>(each, totals_[visit.cell][candidate].size());
    }
    progress_.done = journal.samples().size();
    progress_.noise = fit::noise_floor(journal.measured().anchors);
  }

  Result<bool> run() {
    if (options_.keep_budget) return run_within();
    for (std::vector<std::uint32_t>& candidates : unmeasured_agreements(journal_.measured()))
      if (auto going = compare(std::move(candidates)); !going || !*going) return going;
    for (const std::vector<std::uint32_t>& candidates : unmeasured_streams(journal_.measured()))
      if (auto going = encode(candidates); !going || !*going) return going;
    for (at_ = 0; at_ < visits_.size(); ++at_) {
      const CellVisit& visit = visits_[at_];
      taken_here_ = 0;
      if (visit.role != Role::anchors && finished(visit)) {
        ++progress_.visit;
        continue;
      }
      auto going = visit.role == Role::anchors ? look(visit) : visit_cell(visit, may_take_until());
      if (!going || !*going) return going;
      if (visit.role != Role::anchors) ++progress_.visit;
    }
    return true;
  }

 private:
  // Plans, makes the first step of the plan, and so on.
  Result<bool> run_within() {
    const BudgetPlanner planner(journal_.context(), rule_);
    standing_.measured = &journal_.measured();
    standing_.totals = &totals_;
    if (auto going = try_out(); !going || !*going) return going;
    for (bool first = true;; first = false) {
      const BudgetPlan plan = planner.plan(standing_, pace_, left());
      if (auto ok = check_least(plan); !ok) return ok.error();
      if (first && options_.on_plan) options_.on_plan(plan);
      if (plan.comparisons.empty() && plan.streams.empty() && plan.visits.empty()) return true;
      if (auto going = first_step(plan); !going || !*going) return going;
    }
  }

  // Runs the ends and a split without load, to know about how long a run takes. A failed one shows nothing.
  Result<bool> try_out() {
    if (left() <= 0) return true;
    for (const std::uint32_t candidate : choose_anchors(journal_.context().candidates)) {
      if (stop_) return false;
      if (!subject_.time(plan(candidate))) continue;
      const TimePoint began = options_.now();
      if (subject_.time(plan(candidate))) pace_.ran_free(candidate, since(began));
    }
    return true;
  }

  Result<void> check_least(const BudgetPlan& plan) const {
    const double given = seconds(*options_.budget);
    if (plan.least <= left()) return {};
    const double least = std::ceil((seconds(elapsed()) + plan.least) / (1 - kConcluding));
    if (journal_.samples().empty() && journal_.measured().imposed.front() == std::nullopt)
      return error(ErrorKind::invalid,
                   "a budget of {:.3g} s is too short: the least is to compare and to measure {} plans once without "
                   "load, and takes about {:.0f} s; give more time, or fewer plans",
                   given, plan.candidates.size(), least);
    return error(ErrorKind::unavailable,
                 "the budget of {:.3g} s was spent before every plan was measured without load; that takes about "
                 "{:.0f} s; give more time",
                 given, least);
  }

  Result<bool> first_step(const BudgetPlan& plan) {
    const TimePoint began = options_.now();
    if (!plan.comparisons.empty()) {
      auto going = compare(plan.comparisons.front());
      if (going && *going) pace_.compared(plan.comparisons.front(), since(began));
      return going;
    }
    if (!plan.streams.empty()) {
      auto going = encode(plan.streams.front());
      if (going && *going) pace_.streamed(plan.streams.front(), since(began));
      return going;
    }
    standing_.closed = true;
    expect(plan);
    const PlannedVisit& next = plan.visits.front();
    if (next.visit.role == Role::anchors) return look(next.visit);
    auto going = visit_cell(next.visit, began + from_seconds(next.may_take));
    ++progress_.visit;
    return going;
  }

  // Tells the progress what is planned.
  void expect(const BudgetPlan& plan) {
    progress_.visits = progress_.visit;
    progress_.total = progress_.done;
    for (const PlannedVisit& one : plan.visits) {
      progress_.total += one.samples;
      if (one.visit.role != Role::anchors) ++progress_.visits;
    }
    planned_end_ = options_.now() + from_seconds(plan.takes);
  }

  double since(TimePoint began) const { return seconds(options_.now() - began); }

  // Seconds that are left of a budget that is kept, without those for concluding.
  double left() const { return seconds(*options_.budget) * (1 - kConcluding) - seconds(elapsed()); }

  // Returns true iff a measurement still fits into a budget that is kept.
  bool fits(std::uint32_t cell, std::uint32_t candidate) const {
    return !options_.keep_budget || pace_.run(cell, candidate) <= left();
  }

  // Compares candidates of one cut, whose head runs once for all. Those that fail are compared again.
  Result<bool> compare(std::vector<std::uint32_t> candidates) {
    Error last;
    for (std::uint32_t attempt = 0; attempt < attempts(); ++attempt) {
      if (stop_) return false;
      const auto agreements = subject_.agree(plans(candidates), stop_);
      std::vector<std::uint32_t> failed;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (agreements[i]) {
          if (auto ok = journal_.append_agreement(candidates[i], *agreements[i]); !ok) return ok.error();
          continue;
        }
        last = agreements[i].error();
        if (last.kind == ErrorKind::invalid) return last.within("the agreement of " + named(candidates[i]));
        failed.push_back(candidates[i]);
      }
      if (failed.empty()) return true;
      candidates = std::move(failed);
    }
    if (stop_) return false;
    last.kind = ErrorKind::unavailable;
    return last.within(fmt::format("the agreement of {} failed {} times", named(candidates.back()), attempts()));
  }

  // Measures candidates of one cut in a stream. Nothing in it can fail today and succeed tomorrow.
  Result<bool> encode(const std::vector<std::uint32_t>& candidates) {
    if (stop_) return false;
    const auto bytes = subject_.stream(plans(candidates));
    if (!bytes) return bytes.error().within(fmt::format("the stream at cut {}", plan(candidates.front()).cut));
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (auto ok = journal_.append_stream(candidates[i], (*bytes)[i]); !ok) return ok.error();
    return true;
  }

  // A first visit that an earlier run shortened, because the budget was spent, counts as finished.
  bool finished(const CellVisit& visit) const {
    if (journal_.measured().finished[visit.cell]) return true;
    if (!visit.last) return next(visit, !options_.budget).empty();
    const auto full = [&](std::uint32_t candidate) { return totals_[visit.cell][candidate].size() >= rule_.most; };
    return std::all_of(visit.candidates.begin(), visit.candidates.end(), full);
  }

  std::vector<std::uint32_t> next(const CellVisit& visit, bool time_left) const {
    std::vector<std::vector<double>> totals;
    totals.reserve(visit.candidates.size());
    for (const std::uint32_t candidate : visit.candidates) totals.push_back(totals_[visit.cell][candidate]);
    const RoundRule rule = visit.last ? rule_ : half_of(rule_);
    return next_round(journal_.context(), visit.cell, visit.candidates, totals, rule, time_left);
  }

  // `end` is that of its share of the budget.
  Result<bool> visit_cell(const CellVisit& visit, TimePoint end) {
    const auto reached = impose(visit);
    if (!reached) return reached.error();
    if (*reached == Reached::stopped) return false;
    if (*reached == Reached::left_out) return true;
    progress_.doing = Progress::Doing::measuring;
    std::vector<std::uint32_t> round = next(visit, options_.now() < end);
    if (auto going = warm_up(visit.cell, round); !going || !*going) return going;
    for (; !round.empty(); round = next(visit, options_.now() < end))
      for (const std::uint32_t candidate : round) {
        if (!fits(visit.cell, candidate)) return true;
        if (auto going = measure(visit.cell, candidate); !going || !*going) return going;
      }
    if (!visit.last || journal_.measured().finished[visit.cell]) return true;
    if (auto ok = journal_.append_finished(visit.cell); !ok) return ok.error();
    return true;
  }

  // Returns the end of this visit's share of the budget.
  TimePoint may_take_until() const {
    if (!options_.budget) return TimePoint::max();
    const Duration left = *options_.budget - elapsed();
    return options_.now() + share_of(left, std::span(weights_).subspan(at_));
  }

  enum class Reached { yes, left_out, stopped };

  Result<Reached> impose(const CellVisit& visit) {
    const std::uint32_t cell = visit.cell;
    if (stop_) return Reached::stopped;
    progress_.doing = Progress::Doing::imposing;
    progress_.asked = journal_.context().cells[cell];
    report();
    const TimePoint began = options_.now();
    const auto imposed = stage_.impose(progress_.asked);
    pace_.imposed(cell, since(began));
    if (!imposed && (imposed.error().kind != ErrorKind::invalid || cell == 0))
      return imposed.error().within(fmt::format("cell {} ({})", cell, to_string(progress_.asked)));
    if (!imposed) {
      if (visit.last || options_.keep_budget) ++progress_.left_out;
      standing_.refused.insert(cell);
      if (auto ok = journal_.append_unreached(cell, imposed.error().message); !ok) return ok.error();
      report();
      return Reached::left_out;
    }
    if (auto ok = journal_.append_imposed(cell, *imposed); !ok) return ok.error();
    return Reached::yes;
  }

  // Ignores a failed warm-up: the measurement after it shows the fault, and counts its attempts.
  Result<bool> warm_up(std::uint32_t cell, std::vector<std::uint32_t> candidates) {
    std::sort(candidates.begin(), candidates.end());
    for (const std::uint32_t candidate : candidates) {
      if (stop_) return false;
      if (!fits(cell, candidate)) return true;
      [[maybe_unused]] const auto ignored = run(cell, candidate);
    }
    return true;
  }

  // Makes a run in an imposed cell, and notes how long it took.
  Result<journal::TimedInference> run(std::uint32_t cell, std::uint32_t candidate) {
    const TimePoint began = options_.now();
    auto timed = subject_.time(plan(candidate));
    pace_.ran(cell, candidate, since(began));
    return timed;
  }

  // Measures until `take` accepts the result, up to `max_attempts` times.
  template <typename Take, typename Fail>
  Result<bool> attempt(const std::string& what, std::uint32_t cell, std::uint32_t candidate, Take take, Fail fail) {
    Error last;
    for (std::uint32_t attempt = 0; attempt < attempts(); ++attempt) {
      if (stop_) return false;
      const auto timed = run(cell, candidate);
      const Result<void> sound = timed ? take(*timed) : Result<void>(timed.error());
      if (sound) return true;
      last = sound.error();
      ++progress_.failed;
      if (auto ok = fail(last.message); !ok) return ok.error();
      if (last.kind == ErrorKind::invalid) return last.within(what);
    }
    last.kind = ErrorKind::unavailable;
    return last.within(fmt::format("{} failed {} times", what, attempts()));
  }

  Result<bool> measure(std::uint32_t cell, std::uint32_t candidate) {
    std::uint32_t repetition = 0;
    while (journal_.has(cell, candidate, repetition)) ++repetition;
    journal::Sample sample{cell, candidate, repetition, {}, {}, {}, {}};
    const auto take = [&](const journal::TimedInference& timed) -> Result<void> {
      sample.terms = timed.terms;
      sample.seen = timed.seen;
      sample.wire = timed.wire;
      sample.at = elapsed();
      return as_failure(check(sample, journal_.context()));
    };
    const auto fail = [&](const std::string& why) { return journal_.append_failure(cell, candidate, repetition, why); };
    auto going = attempt(named(cell, candidate, repetition), cell, candidate, take, fail);
    if (!going || !*going) return going;
    if (auto ok = journal_.append(sample); !ok) return ok.error();
    note(sample);
    ++progress_.done;
    ++taken_here_;
    progress_.total = std::max(progress_.total, progress_.done);
    report();
    return true;
  }

  // Returns to the baseline and measures the anchors.
  Result<bool> look(const CellVisit& visit) {
    std::map<std::uint32_t, std::uint32_t> had;
    for (const journal::AnchorSample& sample : journal_.measured().anchors)
      if (sample.visit == visit.anchor_visit) ++had[sample.candidate];
    std::vector<std::uint32_t> missing;
    for (const std::uint32_t candidate : visit.candidates)
      if (had[candidate] < fit::kAnchorRepetitions) missing.push_back(candidate);
    standing_.looked.insert(visit.anchor_visit);
    if (missing.empty()) return true;
    const auto reached = impose(visit);
    if (!reached) return reached.error();
    if (*reached == Reached::stopped) return false;
    progress_.doing = Progress::Doing::anchors;
    if (auto going = warm_up(0, missing); !going || !*going) return going;
    for (std::uint32_t repetition = 0; repetition < fit::kAnchorRepetitions; ++repetition)
      for (const std::uint32_t candidate : missing)
        if (repetition >= had[candidate] && fits(0, candidate))
          if (auto going = anchor(visit, candidate, repetition); !going || !*going) return going;
    progress_.noise = fit::noise_floor(journal_.measured().anchors);
    report();
    return true;
  }

  Result<bool> anchor(const CellVisit& visit, std::uint32_t candidate, std::uint32_t repetition) {
    journal::AnchorSample sample{
        journal_.context().shard.value_or(0), visit.anchor_visit, candidate, repetition, {}, {}};
    const auto take = [&](const journal::TimedInference& timed) -> Result<void> {
      sample.terms = timed.terms;
      sample.at = elapsed();
      return as_failure(check(sample, journal_.context()));
    };
    const auto fail = [&](const std::string& why) { return journal_.append_failure(0, candidate, 0, why); };
    auto going = attempt("the anchor " + named(candidate), 0, candidate, take, fail);
    if (!going || !*going) return going;
    if (auto ok = journal_.append(sample); !ok) return ok.error();
    return true;
  }

  // An impossible time counts as a failed measurement: the next one may be sound.
  static Result<void> as_failure(const Result<void>& checked) {
    if (checked) return {};
    return Error{ErrorKind::internal, checked.error().message};
  }

  void note(const journal::Sample& sample) {
    totals_[sample.cell][sample.candidate].push_back(seconds(sample.terms.total()));
  }

  // Time of the campaign, including earlier runs from a resumed journal.
  Duration elapsed() const { return before_ + (options_.now() - begun_); }

  void report() {
    if (!options_.on_progress) return;
    progress_.remaining = remaining();
    options_.on_progress(progress_);
  }

  // Estimates from the weights of finished and remaining work; nothing at the start of a run.
  std::optional<Duration> remaining() const {
    if (options_.keep_budget) return std::max(Duration::zero(), planned_end_ - options_.now());
    double done = 0, left = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) (i < at_ ? done : left) += weights_[i];
    const double here = at_ < weights_.size() ? std::min(taken_here_, weights_[at_]) : 0;
    done += here;
    left -= here;
    const double spent = seconds(options_.now() - begun_);
    if (progress_.done == progress_.total && at_ + 1 >= visits_.size()) return Duration::zero();
    if (done == 0 || spent <= 0) return std::nullopt;
    return from_seconds(spent * left / done);
  }

  const plan::Plan& plan(std::uint32_t candidate) const { return journal_.context().candidates[candidate].plan; }

  std::vector<plan::Plan> plans(const std::vector<std::uint32_t>& candidates) const {
    std::vector<plan::Plan> all;
    all.reserve(candidates.size());
    for (const std::uint32_t candidate : candidates) all.push_back(plan(candidate));
    return all;
  }

  std::uint32_t attempts() const { return std::max(1u, options_.max_attempts); }

  std::string named(std::uint32_t index) const {
    const journal::Candidate& candidate = journal_.context().candidates[index];
    return fmt::format("cut {} ({}, {})", candidate.plan.cut, candidate.cut_name, name(candidate.plan.codec));
  }

  std::string named(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const {
    return fmt::format("cell {} ({}), {}, repetition {}", cell, to_string(journal_.context().cells[cell]),
                       named(candidate), repetition);
  }

  journal::Journal& journal_;
  journal::Stage& stage_;
  journal::Subject& subject_;
  const std::atomic<bool>& stop_;
  const SweepOptions& options_;
  const RoundRule rule_;
  const std::vector<CellVisit> visits_;
  const TimePoint begun_;
  std::vector<double> weights_;  // By visit: approximate cost in measurements.
  Duration before_{};            // Time of earlier runs.

  std::size_t at_ = 0;                                    // Index of the current CellVisit.
  std::vector<std::vector<std::vector<double>>> totals_;  // Seconds, by cell and candidate.
  double taken_here_ = 0;                                 // Samples in this visit.
  Pace pace_;
  Standing standing_;        // Of a budget that is kept.
  TimePoint planned_end_{};  // The same.
  Progress progress_;
};

}  // namespace

Result<bool> sweep(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject,
                   const std::atomic<bool>& stop, const SweepOptions& options) {
  return Campaign(journal, stage, subject, stop, options).run();
}

std::size_t wider_than(double interval, const journal::Measurements& measured) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> totals;
  for (const journal::Sample& s : measured.samples) totals[{s.cell, s.candidate}].push_back(seconds(s.terms.total()));
  return static_cast<std::size_t>(std::count_if(
      totals.begin(), totals.end(), [&](const auto& pair) { return relative_half_width(pair.second) > interval; }));
}

}  // namespace tideline::campaign
