#include "runtime/app/modes/learner.h"

#include "policy/table/table_json.h"
#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/campaign.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/load_table.h"
#include "runtime/app/modes/why_not_held.h"
#include "runtime/engine/engine_subject.h"
#include "runtime/engine/paced_subject.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <utility>

namespace tideline::modes {
namespace {

constexpr double kLearningShare = 0.25;  // Of the time, for measuring.
constexpr Duration kCloudLook = std::chrono::milliseconds(100);
constexpr Duration kFirstRetry = std::chrono::seconds(15), kLastRetry = std::chrono::minutes(10);
constexpr Duration kOneTiming = std::chrono::seconds(5);
constexpr Duration kFirstRate = std::chrono::seconds(3);  // How long the first reading of the uplink may take.
constexpr Bytes kFirstProbe = 64_KiB;
// An upload that takes so many times the whole network here is worth it only on an edge under a heavy load.
constexpr int kUploadWorth = 4;
constexpr std::uint64_t kTrafficPart = 10;  // The campaign may take one part of so many of a day's bytes.
constexpr std::uint32_t kLearningInputs = 4, kLearningCompared = 1;
constexpr std::uint32_t kLearningRepetitions = 3;

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

std::string kept_file(const config::Config& config, const model::Model& model) {
  const char* const given = std::getenv("STATE_DIRECTORY");  // By systemd.
  const std::string folder = config.edge.state.value_or(given ? given : "");
  return folder.empty() ? "" : fmt::format("{}/{:.24}.table.json", folder, model.digest());
}

// One cell, few repetitions, random inputs: what can be known within a minute. These inputs do not show what a lossy
// codec loses, so none is measured.
Result<journal::Context> short_campaign(config::Config config, const NamedModel& named, const link::LinkState& cloud) {
  config.profile.grid = "quick";
  config.profile.method = journal::Method::exhaustive;
  config.profile.shard.reset();
  config.profile.inputs.reset();
  config.profile.sequence.reset();
  config.profile.repetitions = kLearningRepetitions;
  config.profile.compared = kLearningCompared;
  auto context = plan_campaign(config, named, cloud);
  if (!context) return context;
  context->cells = {plan::Stress{}};
  std::erase_if(context->candidates,
                [](const journal::Candidate& candidate) { return !is_lossless(candidate.plan.codec); });
  return context;
}

// How many bytes an image has is not known before.
Bytes known_size(const journal::Candidate& candidate) {
  return is_of_images(candidate.plan.codec) ? Bytes{} : candidate.bytes;
}

// Leaves out plans that would not be chosen, or not be allowed: those whose upload alone takes longer than that, and
// those that `edge.first_cut` and `edge.max_sent` forbid.
void leave_out(journal::Context& context, const config::Config::Edge& edge, const std::optional<BitsPerSecond>& uplink,
               Duration longest) {
  const std::uint32_t last = context.cuts - 1;
  std::erase_if(context.candidates, [&](const journal::Candidate& candidate) {
    const Bytes size = known_size(candidate);
    return candidate.plan.cut < std::min(edge.first_cut.value_or(0), last) ||
           (edge.max_sent && size > *edge.max_sent) || (uplink && uplink->time_for(size) > longest);
  });
  context.anchors = campaign::choose_anchors(context.candidates);
}

// Returns an error if the campaign would send more than its share of `edge.max_sent_per_day`.
Result<void> check_traffic(const journal::Context& context, const config::Config::Edge& edge) {
  if (!edge.max_sent_per_day) return {};
  constexpr std::uint64_t kRuns = kLearningRepetitions + kLearningCompared + 1;  // A warm-up each.
  Bytes all;
  for (const journal::Candidate& candidate : context.candidates) all.count += kRuns * known_size(candidate).count;
  if (all.count <= edge.max_sent_per_day->count / kTrafficPart) return {};
  return error(
      ErrorKind::invalid,
      "it would send {}, more than a tenth of edge.max_sent_per_day ({}); raise that, or measure with --profile",
      to_string(all), to_string(*edge.max_sent_per_day));
}

table::PartitionTable learned(const table::PartitionTable& table) {
  table::PartitionTable::Origin origin = table.origin();
  origin.method = "learned";
  const auto cells = table.cells();
  return *table::PartitionTable::make(std::move(origin), {cells.begin(), cells.end()});
}

}  // namespace

std::string why_not_learned(const config::Config& config, const NamedModel& named) {
  if (config.compute.precision != Precision::fp32)
    return "answers of this precision must be compared with those of fp32";
  if (!named.model->holds_all()) return "this edge does not hold the whole network";
  return {};
}

Learner::Learner(Parts parts)
    : parts_(std::move(parts)), file_(kept_file(parts_.config, *parts_.named.model)), thread_([this] { run(); }) {}

Learner::~Learner() {
  stop_ = true;
  thread_.join();
}

void Learner::run() {
  Duration wait = kFirstRetry;
  for (link::LinkState cloud; wait_for_cloud(cloud); rest(wait), wait = std::min(2 * wait, kLastRetry)) {
    auto table = kept(cloud);
    if (!table) {
      auto measured = measure(cloud);
      if (measured) {
        keep(**measured);
        table = *std::move(measured);
      } else if (!stop_) {
        const bool again = measured.error().kind != ErrorKind::invalid;
        parts_.log->warn("{}: cannot measure its plans: {}{}", parts_.named.name, measured.error().message,
                         again ? fmt::format("; it tries again in {}", to_string(wait)) : "");
        if (!again) return;
      }
    }
    if (!table) continue;
    warm(*table);
    made_.publish(std::move(table));
    return;
  }
}

bool Learner::wait_for_cloud(link::LinkState& cloud) const {
  for (; !stop_; rest(kCloudLook)) {
    cloud = parts_.link->state();
    if (cloud.up && why_not_held(cloud, parts_.named).empty()) return true;
  }
  return false;
}

// A table of other machines, or of other versions of them, is measured again.
std::shared_ptr<const table::PartitionTable> Learner::kept(const link::LinkState& cloud) const {
  std::error_code fault;
  if (file_.empty() || !std::filesystem::exists(file_, fault)) return nullptr;
  auto table = load_table(file_, parts_.named);
  if (!table) {
    parts_.log->warn("{}: cannot use what it learned before, so it measures again: {}", parts_.named.name,
                     table.error().message);
    return nullptr;
  }
  const auto& origin = (*table)->origin();
  if (origin.edge != fingerprint(parts_.config) || origin.cloud != cloud.machine ||
      origin.precisions.cloud != cloud.precision) {
    parts_.log->info("{}: {} is of other machines, so it measures again", parts_.named.name, file_);
    return nullptr;
  }
  parts_.log->info("{}: moves the cut by {}", parts_.named.name, file_);
  return *std::move(table);
}

Result<std::shared_ptr<const table::PartitionTable>> Learner::measure(const link::LinkState& cloud) {
  const TimePoint began = Clock::now();
  const NamedModel& named = parts_.named;
  const auto inputs = named.image ? engine::SampleInputs::random_images(named.image, 1, kLearningInputs)
                                  : engine::SampleInputs::random(named.model->inputs(), 1, kLearningInputs);
  const auto exact = engine::Reference::of(*named.model, inputs.first(kLearningCompared));
  if (!exact) return exact.error();
  monitor::Monitor monitor({}, named.model->digest(), *parts_.traffic, parts_.link);
  engine::EngineSubject whole({.model = named.model,
                               .image = named.image,
                               .link = parts_.link,
                               .traffic = parts_.traffic,
                               .compute = parts_.compute,
                               .rehearsals = &parts_.engine->rehearsals(),
                               .patience = kOneTiming,
                               .priority = std::numeric_limits<Priority>::max()},
                              monitor, *exact, inputs);
  engine::PacedSubject subject(whole, parts_.engine->rehearsals(), stop_, {.share = kLearningShare});
  const auto here = subject.time(parts_.engine->edge_only());
  if (!here) return here.error();
  const config::Config::Edge& edge = parts_.config.edge;
  if (!edge.max_sent_per_day || edge.max_sent_per_day->count > kTrafficPart * kFirstProbe.count)
    monitor.probe(kFirstProbe, Clock::now());
  while (!stop_ && !parts_.traffic->read(Clock::now()).now.uplink && Clock::now() < began + kFirstRate)
    rest(kCloudLook);

  auto context = short_campaign(parts_.config, named, cloud);
  if (!context) return context.error();
  leave_out(*context, edge, parts_.traffic->read(Clock::now()).now.uplink,
            std::min(edge.patience, kUploadWorth * here->terms.total()));
  if (const auto allowed = check_traffic(*context, edge); !allowed) return allowed.error();
  auto folder = JournalFolder::make();
  if (!folder) return folder.error();
  auto journal = journal::Journal::create((*folder)->journal(), *context);
  if (!journal) return journal.error();
  AsItIs stage;
  const auto complete = campaign::sweep(*journal, stage, subject, stop_, {});
  if (!complete) return complete.error();
  if (!*complete) return error(ErrorKind::unavailable, "it was stopped");
  const auto table = fit::build_table(journal->measured(), now_utc());
  if (!table) return table.error();
  parts_.log->info("{}: moves the cut from now on: measured {} plans in {}, {} of it computing and sending", named.name,
                   context->candidates.size(), to_string(Clock::now() - began), to_string(subject.taken()));
  return std::make_shared<const table::PartitionTable>(learned(*table));
}

// The first requests of a plan are as fast as later ones.
void Learner::warm(const table::PartitionTable& table) const {
  for (const plan::Plan& plan : plans_to_warm(parts_.config, *parts_.named.model, &table))
    if (const auto warmed = parts_.engine->warm(plan); stop_ || !warmed) return;
}

void Learner::keep(const table::PartitionTable& table) const {
  if (file_.empty()) return;
  if (const auto written = config::write_atomically(file_, to_json(table)); !written)
    parts_.log->warn("{}: what it learned will be lost at a restart: {}", parts_.named.name, written.error().message);
}

void Learner::rest(Duration time) const {
  for (const TimePoint until = Clock::now() + time; !stop_ && Clock::now() < until;)
    std::this_thread::sleep_for(kCloudLook);
}

}  // namespace tideline::modes
