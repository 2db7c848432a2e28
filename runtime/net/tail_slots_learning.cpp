// What TailSlots learns while it serves, and what it decides by that.
#include "runtime/net/tail_slots.h"

#include <algorithm>

namespace tideline {
namespace {

constexpr double kNewest = 0.2;  // What the newest run counts in the mean over all kinds.

}  // namespace

std::size_t TailSlots::next_size() {
  const TailKind& kind = queue_.front().kind;
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together) return 1;
  return about.pace.choose(std::min(queue_.alike(), most_of(kind)));
}

// The time until which the tail whose turn it is waits for others of its kind; a time that has passed: it does not.
TimePoint TailSlots::hold_until() {
  const auto& [job, kind] = queue_.front();
  const Known& about = known(kind);
  if (about.tried != Known::Tried::together || about.last_together < 2) return {};
  const TimePoint until = about.last_end + options_.longest_wait;
  const Duration run = about.pace.time(about.last_together).value_or(Duration{});
  return until + run < job.deadline ? until : TimePoint{};
}

// As many as ran last are likely to come again: who has an answer asks the next.
bool TailSlots::others_may_come() {
  const TailKind& kind = queue_.front().kind;
  const std::size_t alike = queue_.alike();
  return alike == queue_.size() && alike < std::min(known(kind).last_together, most_of(kind));
}

void TailSlots::learn(const TailKind& kind, std::size_t together, const Result<Duration>& took) {
  Known& about = known(kind);
  ++runs_[together];
  about.last_together = together;
  about.last_end = Clock::now();
  if (!took) {
    if (together > 1) about.tried = Known::Tried::alone;
    return;
  }
  about.pace.on_run(together, *took);
  const double each = seconds(*took) / static_cast<double>(together);
  seconds_each_ += (seconds_each_ == 0 ? 1 : kNewest) * (each - seconds_each_);
}

// How long a tail that came `from` there now would wait for its turn, as far as can be foreseen.
Duration TailSlots::wait_before(const TailJob::From& from) const {
  const TimePoint first_free = *std::min_element(free_at_.begin(), free_at_.end());
  const Duration running = std::max(first_free - Clock::now(), Duration{});
  const double each = seconds_each_ / static_cast<double>(free_at_.size());
  return running + from_seconds(each * static_cast<double>(queue_.before(from)));
}

}  // namespace tideline
