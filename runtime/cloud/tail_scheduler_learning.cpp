// TailScheduler's measurements while it serves, and the decisions based on them.
#include "runtime/cloud/tail_scheduler.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::cloud {
namespace {

constexpr double kNewestRun = 0.2;  // Weight of the newest run in the mean over all kinds.
constexpr Duration kSpoiltFor = std::chrono::seconds(10);
constexpr int kForgiven = 4;  // Batches that a peer may spoil in that time and still run with others.

}  // namespace

std::size_t TailScheduler::next_size() {
  const TailKind& kind = queue_.front().kind;
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together) return 1;
  return about.pace.choose(std::min(queue_.alike(), most_of(kind)));
}

// Returns until when the next tail waits for others of its kind; a past time if it does not wait.
TimePoint TailScheduler::hold_until() {
  const auto& [job, kind] = queue_.front();
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together || about.last_together < 2) return {};
  const TimePoint until = about.last_end + options_.longest_wait;
  const Duration run = about.pace.time(about.last_together).value_or(Duration{});
  return until + run < job.deadline ? until : TimePoint{};
}

// As many as ran last are likely to come again: an edge with an answer sends its next request.
bool TailScheduler::others_may_come() {
  const TailKind& kind = queue_.front().kind;
  const std::size_t alike = queue_.alike();
  return alike == queue_.size() && alike < std::min(known(kind).last_together, most_of(kind));
}

void TailScheduler::learn(const TailKind& kind, std::size_t together, const Result<Duration>& took) {
  Known& about = known(kind);
  ++runs_[together];
  if (!kind.apart) about.last_together = together;
  about.last_end = Clock::now();
  if (!took) return;
  about.pace.on_run(together, *took);
  const double each = seconds(*took) / static_cast<double>(together);
  seconds_each_ += (seconds_each_ == 0 ? 1 : kNewestRun) * (each - seconds_each_);
}

TailKind TailScheduler::kind_of(const TailJob& job) {
  TailKind kind = runner_.kind_of(job.requested.asked);
  const auto found = spoilt_.find(job.from.peer);
  if (found == spoilt_.end() || found->second.batches <= kForgiven) return kind;
  if (found->second.since + kSpoiltFor <= Clock::now()) return kind;
  kind.most = 1;
  kind.apart = true;
  return kind;
}

std::string TailScheduler::learn_from_failure(const Batch& batch, const Ran& ran) {
  Known& about = known(batch.front().kind);
  if (ran.failed_only_together()) {
    if (about.tried != Known::Tried::together) return {};
    about.tried = Known::Tried::alone;
    return fmt::format("requests run one by one from now on: {} failed as one batch, and none of them alone: {}",
                       batch.size(), ran.took.error().message);
  }
  const TimePoint now = Clock::now();
  std::erase_if(spoilt_, [now](const auto& one) { return one.second.since + kSpoiltFor <= now; });
  const bool news = spoilt_.empty();
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (!ran.told[i].outputs) ++spoilt_.try_emplace(batch[i].job.from.peer, Spoilt{now}).first->second.batches;
  if (!news) return {};
  return fmt::format("a request failed and spoilt its batch of {}; the others ran again: {}", batch.size(),
                     ran.took.error().message);
}

// Returns the predicted wait of a new tail of `from`.
Duration TailScheduler::wait_before(const TailJob::From& from) const {
  const TimePoint first_free = *std::min_element(free_at_.begin(), free_at_.end());
  const Duration running = std::max(first_free - Clock::now(), Duration{});
  const double each = seconds_each_ / static_cast<double>(free_at_.size());
  return running + from_seconds(each * static_cast<double>(queue_.before(from)));
}

}  // namespace tideline::cloud
