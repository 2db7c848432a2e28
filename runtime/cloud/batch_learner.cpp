#include "runtime/cloud/batch_learner.h"

#include <fmt/format.h>

namespace tideline::cloud {
namespace {

constexpr double kNewestRun = 0.2;  // Weight of the newest run in the mean over all kinds.
constexpr Duration kSpoiltFor = std::chrono::seconds(10);
constexpr int kForgiven = 4;  // Batches that a peer may spoil in that time and still run with others.

}  // namespace

const BatchLearner::Known& BatchLearner::known(const TailKind& kind) const {
  static const Known kNothing;
  const auto found = known_.find({kind.plan, kind.rows});
  return found == known_.end() ? kNothing : found->second;
}

TailKind BatchLearner::kind_for(TailKind kind, const void* peer) const {
  const auto found = spoilt_.find(peer);
  if (found == spoilt_.end() || found->second.batches <= kForgiven) return kind;
  if (found->second.since + kSpoiltFor <= Clock::now()) return kind;
  kind.most = 1;
  kind.apart = true;
  return kind;
}

bool BatchLearner::needs_trial(const TailKind& kind) const {
  return known(kind).tried == Known::Tried::no && most_of(kind) >= 2;
}

void BatchLearner::on_trial(const TailKind& kind, bool passed) {
  known(kind).tried = passed ? Known::Tried::together : Known::Tried::alone;
}

std::size_t BatchLearner::choose(const TailKind& kind, std::size_t waiting) const {
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together) return 1;
  return about.times.choose(std::min(waiting, most_of(kind)));
}

std::size_t BatchLearner::expected(const TailKind& kind) const {
  return std::min(known(kind).last_together, most_of(kind));
}

TimePoint BatchLearner::hold_until(const TailKind& kind, TimePoint deadline) const {
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together || about.last_together < 2) return {};
  const TimePoint until = about.last_end + longest_wait_;
  const Duration run = about.times.time(about.last_together).value_or(Duration{});
  return until + run < deadline ? until : TimePoint{};
}

Duration BatchLearner::time(const TailKind& kind, std::size_t together) const {
  return known(kind).times.time(together).value_or(Duration{});
}

void BatchLearner::on_run(const TailKind& kind, std::size_t together, const Result<Duration>& took) {
  Known& about = known(kind);
  if (!kind.apart) about.last_together = together;
  about.last_end = Clock::now();
  if (!took) return;
  about.times.on_run(together, *took);
  const double each = seconds(*took) / static_cast<double>(together);
  seconds_each_ += (seconds_each_ == 0 ? 1 : kNewestRun) * (each - seconds_each_);
}

std::string BatchLearner::on_failure(const TailKind& kind, const FailedBatch& batch) {
  if (batch.spoilt_by.empty()) return forbid_batches(kind, batch);
  const TimePoint now = Clock::now();
  std::erase_if(spoilt_, [now](const auto& one) { return one.second.since + kSpoiltFor <= now; });
  const bool news = spoilt_.empty();
  for (const void* peer : batch.spoilt_by) ++spoilt_.try_emplace(peer, Spoilt{now}).first->second.batches;
  if (!news) return {};
  return fmt::format("a request failed and spoilt its batch of {}; the others ran again: {}", batch.size, batch.why);
}

std::string BatchLearner::forbid_batches(const TailKind& kind, const FailedBatch& batch) {
  Known& about = known(kind);
  if (about.tried != Known::Tried::together) return {};
  about.tried = Known::Tried::alone;
  return fmt::format("requests run one by one from now on: {} failed as one batch, and none of them alone: {}",
                     batch.size, batch.why);
}

}  // namespace tideline::cloud
