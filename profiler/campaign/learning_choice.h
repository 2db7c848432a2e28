// LearningChoice: which plans an edge without a measured table times while it serves, and what they send.
//
//   const std::vector<Candidate> allowed = allowed_to_learn(candidates, last_cut, limits);
//   const LearningChoice choice = choose_to_learn(allowed, uplink, longest_upload(limits, whole_here), {});
//   if (const auto may = check_bytes(bytes_to_learn(choice.now), limits, sent); !may) return may.error();
//
//   const std::vector<Candidate> steps = steps_to_learn(candidates, last_cut, limits, heads, uplink, longest);
//
// Random inputs do not show what a lossy codec loses. So only plans that lose nothing are learned, until clients have
// sent enough inputs: then also plans that send steps. Pure functions. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace tideline::campaign {

inline constexpr std::uint32_t kLearningRepetitions = 3, kLearningCompared = 1;

// What the operator of the edge allows.
struct LearningLimits {
  std::uint32_t first_cut = 0;
  std::optional<Bytes> per_request{};
  std::optional<Bytes> per_day{};  // All requests; learning gets a tenth of it.
  Duration patience{};             // The longest that an answer may take.

  bool operator==(const LearningLimits&) const = default;
};

// Returns the candidates that lose nothing and that the limits allow, in their order.
std::vector<journal::Candidate> allowed_to_learn(std::vector<journal::Candidate> candidates, std::uint32_t last_cut,
                                                 const LearningLimits& limits);

// Returns the longest upload that is worth a measurement, if the whole network takes `whole_here` on this edge.
Duration longest_upload(const LearningLimits& limits, Duration whole_here);

// Returns the uplink from which on the upload takes at most `longest`; 0 bit/s if nothing is sent, or if the size is
// that of an image, which nobody knows before.
BitsPerSecond worth_from(const journal::Candidate& candidate, Duration longest);

struct LearningChoice {
  std::vector<journal::Candidate> now;     // Those that are worth a measurement at this uplink.
  std::optional<BitsPerSecond> more_from;  // From this uplink on there are more; absent: these are all.
};
// Chooses among `allowed`; those of `known` are always chosen. Without a reading of the uplink, all are.
LearningChoice choose_to_learn(std::span<const journal::Candidate> allowed, const std::optional<BitsPerSecond>& uplink,
                               Duration longest, const std::set<plan::Plan>& known);

inline constexpr std::size_t kStepCuts = 3;

// Returns the candidates that send steps and are worth a trial: those that the limits allow, whose usual upload takes
// at most `longest`, at the kStepCuts cuts where head and usual upload together take the least. `heads` has the time of
// each cut's head; a cut that it lacks is left out. Without a reading of the uplink, which is too fast for one, uploads
// count as nothing.
std::vector<journal::Candidate> steps_to_learn(std::span<const journal::Candidate> candidates, std::uint32_t last_cut,
                                               const LearningLimits& limits,
                                               const std::map<std::uint32_t, Duration>& heads,
                                               const std::optional<BitsPerSecond>& uplink, Duration longest);

// Returns what a candidate usually sends; nothing for an image, because nobody knows its size before.
Bytes usual_bytes(const journal::Candidate& candidate);

// Returns what measuring these plans sends, by the usual sizes.
Bytes bytes_to_learn(std::span<const journal::Candidate> candidates);

// Returns what answering so many inputs by each of these plans sends at most, by the usual sizes.
Bytes bytes_to_try(std::span<const journal::Candidate> candidates, std::size_t inputs);

// Returns the part of a day's bytes that learning may send; nothing if there is no limit.
std::optional<Bytes> learning_share(const LearningLimits& limits);

// What was sent within the last 24 hours.
struct SentToday {
  Bytes by_learning;
  Bytes by_all;  // Requests, probes and learning.
};

// Returns an error if sending so much would exceed the share, or the day's bytes: invalid if it always would,
// unavailable if it would because of what was sent before.
Result<void> check_bytes(Bytes needed, const LearningLimits& limits, const SentToday& sent);

}  // namespace tideline::campaign
