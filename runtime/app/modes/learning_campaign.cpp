#include "runtime/app/modes/learning_campaign.h"

#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "runtime/app/modes/campaign.h"
#include "runtime/app/modes/fingerprint.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace tideline::modes {
namespace {

// Nothing is imposed: edge, link and cloud are measured as they are.
class AsItIs final : public journal::Stage {
 public:
  Result<journal::ImposedLoad> impose(const plan::Stress& /*asked*/) override { return journal::ImposedLoad{}; }
};

// A folder for the journal of one campaign; the destructor removes it.
class JournalFolder {
 public:
  static Result<std::unique_ptr<JournalFolder>> make() {
    std::error_code fault;
    std::string name = (std::filesystem::temp_directory_path(fault) / "tideline-XXXXXX").string();
    if (fault || !::mkdtemp(name.data()))
      return error(ErrorKind::invalid, "cannot make a folder for measurements ({}); set TMPDIR to one that is writable",
                   name);
    return std::unique_ptr<JournalFolder>(new JournalFolder(std::move(name)));
  }
  ~JournalFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  JournalFolder(const JournalFolder&) = delete;
  JournalFolder& operator=(const JournalFolder&) = delete;
  std::filesystem::path journal() const { return path_ / "samples.jsonl"; }

 private:
  explicit JournalFolder(std::filesystem::path path) : path_(std::move(path)) {}
  const std::filesystem::path path_;
};

// Of steps, the campaign itself compares only one input.
table::PartitionTable learned(const table::PartitionTable& table, const Agreements& steps) {
  table::PartitionTable::Origin origin = table.origin();
  origin.method = "learned";
  std::vector<table::Cell> cells(table.cells().begin(), table.cells().end());
  for (table::Cell& cell : cells)
    for (table::Estimate& estimate : cell.estimates)
      if (const auto found = steps.find(estimate.plan); found != steps.end()) estimate.agreement = found->second;
  return *table::PartitionTable::make(std::move(origin), std::move(cells));
}

}  // namespace

campaign::LearningLimits learning_limits(const config::Config& config) {
  return {.first_cut = config.edge.first_cut.value_or(0),
          .per_request = config.edge.max_sent,
          .per_day = config.edge.max_sent_per_day,
          .patience = config.edge.patience};
}

// Without anchors: within one short cell they would show no drift, and send more.
Result<journal::Context> learning_campaign(config::Config config, const NamedModel& named,
                                           const link::LinkState& cloud) {
  config.profile.grid = "quick";
  config.profile.method = journal::Method::exhaustive;
  config.profile.shard.reset();
  config.profile.inputs.reset();
  config.profile.sequence.reset();
  config.profile.repetitions = campaign::kLearningRepetitions;
  config.profile.compared = campaign::kLearningCompared;
  auto context = plan_campaign(config, named, cloud);
  if (!context) return context;
  context->cells = {plan::Stress{}};
  context->candidates =
      campaign::allowed_to_learn(std::move(context->candidates), context->cuts - 1, learning_limits(config));
  context->anchors.clear();
  return context;
}

void add_steps(journal::Context& context, std::span<const journal::Candidate> steps, const Agreements& good) {
  for (const journal::Candidate& one : steps)
    if (good.contains(one.plan)) context.candidates.push_back(one);
  std::ranges::stable_sort(context.candidates, {}, [](const journal::Candidate& one) { return one.plan.cut; });
}

Result<std::shared_ptr<const table::PartitionTable>> run_learning(const journal::Context& context,
                                                                  journal::Subject& subject, const Agreements& steps,
                                                                  const std::atomic<bool>& stop) {
  auto folder = JournalFolder::make();
  if (!folder) return folder.error();
  auto journal = journal::Journal::create((*folder)->journal(), context);
  if (!journal) return journal.error();
  AsItIs stage;
  const auto complete = campaign::sweep(*journal, stage, subject, stop, {});
  if (!complete) return complete.error();
  if (!*complete) return error(ErrorKind::unavailable, "it was stopped");
  const auto table = fit::build_table(journal->measured(), now_utc());
  if (!table) return table.error();
  return std::make_shared<const table::PartitionTable>(learned(*table, steps));
}

}  // namespace tideline::modes
