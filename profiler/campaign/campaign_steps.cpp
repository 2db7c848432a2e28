#include "profiler/campaign/campaign_steps.h"

#include "profiler/fit/anchors.h"
#include "profiler/journal/campaign_checks.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tideline::campaign {
namespace {

// An impossible time counts as a failed measurement: the next one may be sound.
Result<void> as_failure(const Result<void>& checked) {
  if (checked) return {};
  return Error{ErrorKind::internal, checked.error().message};
}

}  // namespace

CampaignSteps::CampaignSteps(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject,
                             const std::atomic<bool>& stop, const SweepOptions& options)
    : journal_(journal),
      stage_(stage),
      subject_(subject),
      stop_(stop),
      options_(options),
      rule_(rule_of(journal.context(), options.interval)),
      begun_(options.begun.value_or(options.now())),
      pace_(journal.context()) {
  totals_.resize(journal.context().cells.size(), std::vector<std::vector<double>>(journal.context().candidates.size()));
  for (const journal::Sample& sample : journal.samples()) {
    note(sample);
    before_ = std::max(before_, sample.at);
  }
  for (const journal::AnchorSample& sample : journal.measured().anchors) {
    before_ = std::max(before_, sample.at);
    standing_.looked.insert(sample.visit);
  }
  standing_.measured = &journal_.measured();
  standing_.totals = &totals_;
  progress.done = journal.samples().size();
  progress.noise = fit::noise_floor(journal.measured().anchors);
}

Result<bool> CampaignSteps::compare(std::vector<std::uint32_t> candidates) {
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

Result<bool> CampaignSteps::encode(const std::vector<std::uint32_t>& candidates) {
  if (stop_) return false;
  const auto bytes = subject_.stream(plans(candidates));
  if (!bytes) return bytes.error().within(fmt::format("the stream at cut {}", plan(candidates.front()).cut));
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (auto ok = journal_.append_stream(candidates[i], (*bytes)[i]); !ok) return ok.error();
  return true;
}

Result<bool> CampaignSteps::try_out() {
  for (const std::uint32_t candidate : choose_anchors(journal_.context().candidates)) {
    if (stop_) return false;
    if (!subject_.time(plan(candidate))) continue;
    const TimePoint began = options_.now();
    if (subject_.time(plan(candidate))) pace_.ran_free(candidate, since(began));
  }
  return true;
}

Result<bool> CampaignSteps::visit(const CellVisit& visit, TimePoint end) {
  return visit.role == Role::anchors ? look(visit) : visit_cell(visit, end);
}

bool CampaignSteps::finished(const CellVisit& visit) const {
  if (journal_.measured().finished[visit.cell]) return true;
  if (!visit.last) return next(visit, !options_.budget).empty();
  const auto full = [&](std::uint32_t candidate) { return totals_[visit.cell][candidate].size() >= rule_.most; };
  return std::all_of(visit.candidates.begin(), visit.candidates.end(), full);
}

std::vector<std::uint32_t> CampaignSteps::next(const CellVisit& visit, bool time_left) const {
  std::vector<std::vector<double>> totals;
  totals.reserve(visit.candidates.size());
  for (const std::uint32_t candidate : visit.candidates) totals.push_back(totals_[visit.cell][candidate]);
  const RoundRule rule = visit.last ? rule_ : half_of(rule_);
  return next_round(journal_.context(), visit.cell, visit.candidates, totals, rule, time_left);
}

Result<bool> CampaignSteps::visit_cell(const CellVisit& visit, TimePoint end) {
  const auto reached = impose(visit);
  if (!reached) return reached.error();
  if (*reached == Reached::stopped) return false;
  if (*reached == Reached::left_out) return true;
  progress.doing = Progress::Doing::measuring;
  std::vector<std::uint32_t> round = next(visit, options_.now() < end);
  if (auto going = warm_up(visit.cell, round); !going || !*going) return going;
  for (; !round.empty(); round = next(visit, options_.now() < end))
    for (const std::uint32_t candidate : round) {
      if (!still_fits(visit.cell, candidate)) return true;
      if (auto going = measure(visit.cell, candidate); !going || !*going) return going;
    }
  if (!visit.last || journal_.measured().finished[visit.cell]) return true;
  if (auto ok = journal_.append_finished(visit.cell); !ok) return ok.error();
  return true;
}

Result<CampaignSteps::Reached> CampaignSteps::impose(const CellVisit& visit) {
  const std::uint32_t cell = visit.cell;
  if (stop_) return Reached::stopped;
  progress.doing = Progress::Doing::imposing;
  progress.asked = journal_.context().cells[cell];
  report();
  const TimePoint began = options_.now();
  const auto imposed = stage_.impose(progress.asked);
  pace_.imposed(cell, since(began));
  if (!imposed && (imposed.error().kind != ErrorKind::invalid || cell == 0))
    return imposed.error().within(fmt::format("cell {} ({})", cell, to_string(progress.asked)));
  if (!imposed) {
    if (visit.last || options_.keep_budget) ++progress.left_out;
    standing_.refused.insert(cell);
    if (auto ok = journal_.append_unreached(cell, imposed.error().message); !ok) return ok.error();
    report();
    return Reached::left_out;
  }
  if (auto ok = journal_.append_imposed(cell, *imposed); !ok) return ok.error();
  return Reached::yes;
}

// Ignores a failed warm-up: the measurement after it shows the fault, and counts its attempts.
Result<bool> CampaignSteps::warm_up(std::uint32_t cell, std::vector<std::uint32_t> candidates) {
  std::sort(candidates.begin(), candidates.end());
  for (const std::uint32_t candidate : candidates) {
    if (stop_) return false;
    if (!still_fits(cell, candidate)) return true;
    [[maybe_unused]] const auto ignored = run(cell, candidate);
  }
  return true;
}

// Makes a run in an imposed cell, and notes how long it took.
Result<journal::TimedInference> CampaignSteps::run(std::uint32_t cell, std::uint32_t candidate) {
  const TimePoint began = options_.now();
  auto timed = subject_.time(plan(candidate));
  pace_.ran(cell, candidate, since(began));
  return timed;
}

// Measures until `take` accepts the result, up to `max_attempts` times.
template <typename Take, typename Fail>
Result<bool> CampaignSteps::attempt(const std::string& what, std::uint32_t cell, std::uint32_t candidate, Take take,
                                    Fail fail) {
  Error last;
  for (std::uint32_t attempt = 0; attempt < attempts(); ++attempt) {
    if (stop_) return false;
    const auto timed = run(cell, candidate);
    const Result<void> sound = timed ? take(*timed) : Result<void>(timed.error());
    if (sound) return true;
    last = sound.error();
    ++progress.failed;
    if (auto ok = fail(last.message); !ok) return ok.error();
    if (last.kind == ErrorKind::invalid) return last.within(what);
  }
  last.kind = ErrorKind::unavailable;
  return last.within(fmt::format("{} failed {} times", what, attempts()));
}

Result<bool> CampaignSteps::measure(std::uint32_t cell, std::uint32_t candidate) {
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
  ++progress.done;
  progress.total = std::max(progress.total, progress.done);
  report();
  return true;
}

// Returns to the baseline and measures the anchors.
Result<bool> CampaignSteps::look(const CellVisit& visit) {
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
  progress.doing = Progress::Doing::anchors;
  if (auto going = warm_up(0, missing); !going || !*going) return going;
  for (std::uint32_t repetition = 0; repetition < fit::kAnchorRepetitions; ++repetition)
    for (const std::uint32_t candidate : missing)
      if (repetition >= had[candidate] && still_fits(0, candidate))
        if (auto going = anchor(visit, candidate, repetition); !going || !*going) return going;
  progress.noise = fit::noise_floor(journal_.measured().anchors);
  report();
  return true;
}

Result<bool> CampaignSteps::anchor(const CellVisit& visit, std::uint32_t candidate, std::uint32_t repetition) {
  journal::AnchorSample sample{journal_.context().shard.value_or(0), visit.anchor_visit, candidate, repetition, {}, {}};
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

void CampaignSteps::note(const journal::Sample& sample) {
  totals_[sample.cell][sample.candidate].push_back(seconds(sample.terms.total()));
}

Duration CampaignSteps::elapsed() const {
  return before_ + (options_.now() - begun_);
}

void CampaignSteps::report() {
  if (!options_.on_progress) return;
  progress.remaining = remaining ? remaining() : std::nullopt;
  options_.on_progress(progress);
}

std::uint32_t CampaignSteps::attempts() const {
  return std::max(1u, options_.max_attempts);
}

std::vector<plan::Plan> CampaignSteps::plans(const std::vector<std::uint32_t>& candidates) const {
  std::vector<plan::Plan> all;
  all.reserve(candidates.size());
  for (const std::uint32_t candidate : candidates) all.push_back(plan(candidate));
  return all;
}

std::string CampaignSteps::named(std::uint32_t index) const {
  const journal::Candidate& candidate = journal_.context().candidates[index];
  return fmt::format("cut {} ({}, {})", candidate.plan.cut, candidate.cut_name, name(candidate.plan.codec));
}

std::string CampaignSteps::named(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const {
  return fmt::format("cell {} ({}), {}, repetition {}", cell, to_string(journal_.context().cells[cell]),
                     named(candidate), repetition);
}

}  // namespace tideline::campaign
