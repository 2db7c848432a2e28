// LearningWatch: when an edge measures its plans again, and how long it waits after a failure.
//
//   LearningWatch watch;
//   watch.measured(now);  // After each measurement, whether it succeeded or not.
//   if (watch.look({.uplink = uplink, .read = read, .more_from = rate}, now) != LearningWatch::Why::nothing) measure();
//
// It measures again when an uplink that pays for more plans has lasted, another machine stands in for the cloud of the
// table, or there are inputs of clients to measure what steps lose. Each measurement doubles the pause until the next
// one. A value; belongs to one thread.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <optional>

namespace tideline::campaign {

class LearningWatch {
 public:
  enum class Why { nothing, uplink, cloud, inputs };

  struct Options {
    Duration held = std::chrono::seconds(20);  // How long a change must last.
    double margin = 1.1;                       // The uplink must exceed the rate by this factor, because readings vary.
    Duration first_pause = std::chrono::seconds(30);
    Duration last_pause = std::chrono::hours(24);
  };
  LearningWatch() : LearningWatch(Options{}) {}
  explicit LearningWatch(const Options& options) : options_(options), pause_(options.first_pause) {}

  // What is seen now; what is not known is absent.
  struct Seen {
    std::optional<BitsPerSecond> uplink{};
    std::optional<TimePoint> read{};           // When the uplink was last measured.
    std::optional<BitsPerSecond> more_from{};  // From which uplink on there are more plans to measure; absent: never.
    bool other_cloud = false;                  // None of the clouds is that of the table.
    bool new_inputs = false;  // Clients have sent enough inputs to measure what steps lose; the table does not know.
  };
  // Returns why to measure again now. A reading of the uplink counts only if a second one, `held` later, confirms it.
  Why look(const Seen& seen, TimePoint now);

  // Returns what the uplink must exceed.
  BitsPerSecond needed(BitsPerSecond more_from) const { return {options_.margin * more_from.value}; }

  // No earlier than a pause after `now` is anything measured again.
  void measured(TimePoint now);
  TimePoint not_before() const { return not_before_; }

 private:
  bool uplink_pays(const Seen& seen) const;

  Options options_;
  Duration pause_;
  TimePoint not_before_{};
  std::optional<TimePoint> good_since_;   // When the reading was made since which the uplink pays.
  std::optional<TimePoint> other_since_;  // Since when another cloud is seen.
};

// Returns the pause before the next attempt at the first measurement, after one that failed. `last`: the pause before
// that attempt; absent: there was none.
Duration retry_after(const std::optional<Duration>& last);

}  // namespace tideline::campaign
