#include "profiler/campaign/learning_watch.h"

#include <algorithm>

namespace tideline::campaign {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(15), kLastRetry = std::chrono::minutes(10);

}  // namespace

bool LearningWatch::uplink_pays(const Seen& seen) const {
  return seen.uplink && seen.read && seen.more_from && *seen.uplink >= needed(*seen.more_from);
}

LearningWatch::Why LearningWatch::look(const Seen& seen, TimePoint now) {
  if (!uplink_pays(seen))
    good_since_.reset();
  else if (!good_since_)
    good_since_ = seen.read;
  if (!seen.other_cloud)
    other_since_.reset();
  else if (!other_since_)
    other_since_ = now;
  if (now < not_before_) return Why::nothing;
  if (other_since_ && now - *other_since_ >= options_.held) return Why::cloud;
  if (good_since_ && *seen.read - *good_since_ >= options_.held) return Why::uplink;
  return seen.new_inputs ? Why::inputs : Why::nothing;
}

void LearningWatch::measured(TimePoint now) {
  not_before_ = now + pause_;
  pause_ = std::min(2 * pause_, options_.last_pause);
  good_since_.reset();
  other_since_.reset();
}

Duration retry_after(const std::optional<Duration>& last) {
  return last ? std::min(2 * *last, kLastRetry) : kFirstRetry;
}

}  // namespace tideline::campaign
