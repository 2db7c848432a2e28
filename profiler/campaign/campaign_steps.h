// CampaignSteps: the steps of one run of a campaign: comparisons, streams, and visits to cells and to the anchors.
//
// It makes each step that it is asked for, writes what it finds into the journal, and notes how long runs and
// impositions take. In which order, and until when, is the caller's decision. Functions that return Result<bool> return
// false if the run was stopped. Belongs to one thread.
#pragma once

#include "profiler/campaign/budget_plan.h"
#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/pace.h"
#include "profiler/campaign/progress.h"
#include "profiler/campaign/rounds.h"
#include "profiler/campaign/sweep.h"
#include "profiler/journal/journal.h"
#include "profiler/journal/subject.h"
#include "runtime/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tideline::campaign {

class CampaignSteps {
 public:
  // All arguments must outlive this.
  CampaignSteps(journal::Journal& journal, journal::Stage& stage, journal::Subject& subject,
                const std::atomic<bool>& stop, const SweepOptions& options);
  CampaignSteps(const CampaignSteps&) = delete;
  CampaignSteps& operator=(const CampaignSteps&) = delete;

  // Compares candidates of one cut, whose head runs once for all. Those that fail are compared again.
  Result<bool> compare(std::vector<std::uint32_t> candidates);
  // Measures candidates of one cut in a stream. Nothing in it can fail today and succeed tomorrow.
  Result<bool> encode(const std::vector<std::uint32_t>& candidates);
  // Runs the ends and a split without load, to know about how long a run takes. A failed one shows nothing.
  Result<bool> try_out();
  // Imposes a cell and measures it; after `end` only what the visit needs at least. Or measures the anchors.
  Result<bool> visit(const CellVisit& visit, TimePoint end);

  // Returns true iff the visit has nothing left to measure. A first visit that an earlier run shortened, because the
  // budget was spent, counts as finished.
  bool finished(const CellVisit& visit) const;

  Duration elapsed() const;  // Of the campaign, including earlier runs from a resumed journal.
  const journal::Journal& journal() const { return journal_; }
  const RoundRule& rule() const { return rule_; }
  const Totals& totals() const { return totals_; }
  const Standing& standing() const { return standing_; }
  Pace& pace() { return pace_; }

  // What the caller adds to the steps.
  Progress progress{};                                   // Counts of visits and samples are the caller's.
  std::function<std::optional<Duration>()> remaining{};  // For the progress. May be empty.
  std::function<bool(std::uint32_t cell, std::uint32_t candidate)>
      fits{};  // Whether a run is still made. May be empty.

 private:
  enum class Reached { yes, left_out, stopped };

  Result<bool> visit_cell(const CellVisit& visit, TimePoint end);
  Result<bool> look(const CellVisit& visit);
  std::vector<std::uint32_t> next(const CellVisit& visit, bool time_left) const;
  Result<Reached> impose(const CellVisit& visit);
  Result<bool> warm_up(std::uint32_t cell, std::vector<std::uint32_t> candidates);
  Result<bool> measure(std::uint32_t cell, std::uint32_t candidate);
  Result<bool> anchor(const CellVisit& visit, std::uint32_t candidate, std::uint32_t repetition);
  template <typename Take, typename Fail>
  Result<bool> attempt(const std::string& what, std::uint32_t cell, std::uint32_t candidate, Take take, Fail fail);
  Result<journal::TimedInference> run(std::uint32_t cell, std::uint32_t candidate);
  bool still_fits(std::uint32_t cell, std::uint32_t candidate) const { return !fits || fits(cell, candidate); }
  void note(const journal::Sample& sample);
  void report();

  double since(TimePoint began) const { return seconds(options_.now() - began); }
  std::uint32_t attempts() const;
  const plan::Plan& plan(std::uint32_t candidate) const { return journal_.context().candidates[candidate].plan; }
  std::vector<plan::Plan> plans(const std::vector<std::uint32_t>& candidates) const;
  std::string named(std::uint32_t candidate) const;
  std::string named(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const;

  journal::Journal& journal_;
  journal::Stage& stage_;
  journal::Subject& subject_;
  const std::atomic<bool>& stop_;
  const SweepOptions& options_;
  const RoundRule rule_;
  const TimePoint begun_;
  Duration before_{};  // Time of earlier runs.
  Totals totals_;
  Pace pace_;
  Standing standing_;
};

}  // namespace tideline::campaign
