#include "runtime/app/modes/learner.h"

#include "policy/predict/certainty.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/learning_campaign.h"
#include "runtime/app/modes/why_not_held.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace tideline::modes {
namespace {

using Doing = engine::LearningStatus::Doing;

constexpr Duration kCloudLook = std::chrono::milliseconds(100), kWatchLook = std::chrono::seconds(1);

bool any_sends(const table::PartitionTable& table) {
  return std::ranges::any_of(table.unstressed().estimates, [](const auto& e) { return e.wire.count > 0; });
}

bool is_of(const link::LinkState& cloud, const table::PartitionTable& table) {
  return table.origin().cloud == cloud.machine && table.origin().precisions.cloud == cloud.precision;
}

std::string_view reason_text(campaign::LearningWatch::Why why) {
  switch (why) {
    case campaign::LearningWatch::Why::cloud:
      return "another machine is the cloud";
    case campaign::LearningWatch::Why::inputs:
      return "clients have sent enough inputs to measure what steps lose";
    default:
      return "the uplink is good enough for more of them";
  }
}

}  // namespace

std::string why_not_learned(const config::Config& config, const NamedModel& named) {
  if (config.compute.precision != Precision::fp32)
    return "answers of this precision must be compared with those of fp32";
  if (!named.model->holds_all()) return "this edge does not hold the whole network";
  return {};
}

Learner::Learner(LearningParts parts)
    : parts_(std::move(parts)),
      limits_(learning_limits(parts_.config)),
      file_(parts_.config, *parts_.named.model),
      thread_([this] { run(); }) {}

Learner::~Learner() {
  {
    const std::lock_guard lock(m_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void Learner::run() {
  if (learn_first())
    while (wait_for_reason()) learn_again();
  ended_ = true;
}

// Reads the kept table, or measures until that succeeds. Returns false if it was stopped or can never succeed.
bool Learner::learn_first() {
  std::optional<Duration> pause;
  for (link::LinkState cloud; wait_for_cloud(cloud); rest(*pause)) {
    if (Table table = kept(cloud)) {
      follow(std::move(table), cloud);
      return true;
    }
    auto measured = measure(cloud);
    if (measured) {
      watch_.measured(Clock::now());
      follow(*std::move(measured), cloud);
      return true;
    }
    if (stop_) return false;
    const Error& why = measured.error();
    const bool again = why.kind != ErrorKind::invalid;
    pause = campaign::retry_after(pause);
    const std::string then = again ? fmt::format("; it tries again in {}", to_string(*pause)) : "";
    parts_.log->warn("{}: cannot measure its plans: {}{}", parts_.named.name, why.message, then);
    tell(again ? Doing::waiting : Doing::failed, fmt::format("cannot measure its plans: {}{}", why.message, then));
    if (!again) return false;
  }
  return false;
}

// If it fails, the table stays, and the next attempt comes after a longer pause.
void Learner::learn_again() {
  link::LinkState cloud;
  if (!wait_for_cloud(cloud)) return;
  auto measured = measure(cloud);
  const TimePoint now = Clock::now();
  watch_.measured(now);
  if (measured) return follow(*std::move(measured), cloud);
  if (stop_) return;
  const std::string why = fmt::format("cannot measure its plans again: {}; it tries again in {} at the earliest",
                                      measured.error().message, to_string(watch_.not_before() - now));
  parts_.log->warn("{}: {}", parts_.named.name, why);
  tell(Doing::waiting, why);
}

bool Learner::wait_for_cloud(link::LinkState& cloud) {
  std::string told;
  for (; !stop_; rest(kCloudLook)) {
    cloud = parts_.link->state();
    const std::string why = cloud.up ? why_not_held(cloud, parts_.named) : cloud.why;
    if (cloud.up && why.empty()) return true;
    if (const std::string text = "waiting for the cloud: " + why; text != told) tell(Doing::waiting, told = text);
  }
  return false;
}

bool Learner::wait_for_reason() {
  for (; !stop_; rest(kWatchLook)) {
    const TimePoint now = Clock::now();
    const auto more_from = plans_ ? plans_->more_from : std::nullopt;
    if (more_from && !any_sends(*table_)) measurements_.probe(watch_.needed(*more_from), now);
    const auto seen = parts_.traffic->read(now);
    const auto why = watch_.look({.uplink = seen.now.uplink,
                                  .read = seen.last_uplink,
                                  .more_from = more_from,
                                  .other_cloud = has_other_cloud(),
                                  .new_inputs = !table_->origin().has_real_inputs() && measurements_.can_try_steps()},
                                 now);
    if (why == campaign::LearningWatch::Why::nothing) continue;
    parts_.log->info("{}: measures its plans again: {}", parts_.named.name, reason_text(why));
    return true;
  }
  return false;
}

// Returns true iff clouds are up that hold the model, and none of them is that of the table.
bool Learner::has_other_cloud() const {
  bool other = false;
  for (const link::PeerState& peer : parts_.link->peers()) {
    if (!peer.link.up || !why_not_held(peer.link, parts_.named).empty()) continue;
    if (is_of(peer.link, *table_)) return false;
    other = true;
  }
  return other;
}

// A table of other machines, or of other versions of them, is measured again.
Learner::Table Learner::kept(const link::LinkState& cloud) const {
  const auto table = file_.read(parts_.named);
  if (!table) {
    parts_.log->warn("{}: cannot use what it learned before, so it measures again: {}", parts_.named.name,
                     table.error().message);
    return nullptr;
  }
  if (!*table) return nullptr;
  if ((*table)->origin().edge != fingerprint(parts_.config) || !is_of(cloud, **table)) {
    parts_.log->info("{}: {} is of other machines, so it measures again", parts_.named.name, file_.path());
    return nullptr;
  }
  parts_.log->info("{}: moves the cut by {}", parts_.named.name, file_.path());
  return *table;
}

// Measures, and keeps the table.
Result<Learner::Table> Learner::measure(const link::LinkState& cloud) {
  tell(Doing::measuring, "measuring");
  auto table = measurements_.measure(cloud, table_.get());
  if (!table) return table;
  if (const auto written = file_.write(**table); !written)
    parts_.log->warn("{}: what it learned will be lost at a restart: {}", parts_.named.name, written.error().message);
  return table;
}

// Publishes the table, once its plans are warm: so the first requests of each are as fast as later ones.
void Learner::follow(Table table, const link::LinkState& cloud) {
  for (const plan::Plan& plan : plans_to_warm(parts_.config, *parts_.named.model, table.get()))
    if (const auto warmed = parts_.engine->warm(plan); stop_ || !warmed) break;
  const auto plans = measurements_.compare(*table, cloud);
  plans_ = plans ? std::optional(*plans) : std::nullopt;
  table_ = table;
  std::string text = "done";
  if (plans_ && plans_->more_from)
    text += fmt::format("; measures again when the uplink exceeds {}", to_string(watch_.needed(*plans_->more_from)));
  if (parts_.kept && step_limit(parts_.config) && !table->origin().has_real_inputs())
    text += fmt::format("; measures what steps lose once clients have sent {} inputs", plan::kDefaultInputs);
  tell(Doing::done, std::move(text));
  made_.publish(std::move(table));
}

void Learner::tell(Doing doing, std::string text) const {
  engine::LearningStatus status{.doing = doing, .text = std::move(text)};
  if (table_) {
    status.since = table_->origin().created;
    status.widest = predict::widest_interval(*table_);
  }
  if (plans_) {
    status.measured = plans_->known;
    status.candidates = plans_->candidates;
    if (plans_->more_from) status.more_from = watch_.needed(*plans_->more_from);
  }
  parts_.told->publish(std::make_shared<const engine::LearningStatus>(std::move(status)));
}

void Learner::rest(Duration time) const {
  std::unique_lock lock(m_);
  stopped_.wait_for(lock, time, [this] { return stop_.load(); });
}

}  // namespace tideline::modes
