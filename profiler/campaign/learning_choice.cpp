#include "profiler/campaign/learning_choice.h"

#include "profiler/campaign/usual_share.h"

#include <algorithm>
#include <cmath>

namespace tideline::campaign {
namespace {

// An upload that takes so many times the whole network here is worth it only on an edge under a heavy load.
constexpr int kUploadWorth = 4;
constexpr std::uint64_t kPartOfDay = 10;  // Learning may send one part of so many of a day's bytes.

Bytes known_bytes(const journal::Candidate& candidate) {
  return is_of_images(candidate.plan.codec) ? Bytes{} : candidate.bytes;
}

bool is_forbidden(const journal::Candidate& candidate, std::uint32_t last_cut, const LearningLimits& limits) {
  return candidate.plan.cut < std::min(limits.first_cut, last_cut) ||
         (limits.per_request && usual_bytes(candidate) > *limits.per_request);
}

Duration usual_upload(const journal::Candidate& candidate, const std::optional<BitsPerSecond>& uplink) {
  if (!uplink) return {};
  return from_seconds(static_cast<double>(usual_bytes(candidate).count) * 8 / uplink->value);
}

// Returns the cuts where head and upload take the least, by the finest steps of each.
std::set<std::uint32_t> best_cuts(std::span<const journal::Candidate> steps,
                                  const std::map<std::uint32_t, Duration>& heads,
                                  const std::optional<BitsPerSecond>& uplink) {
  std::map<std::uint32_t, Duration> by_cut;
  for (const journal::Candidate& candidate : steps) {
    const Duration takes = heads.at(candidate.plan.cut) + usual_upload(candidate, uplink);
    by_cut[candidate.plan.cut] = std::max(by_cut[candidate.plan.cut], takes);
  }
  std::vector<std::pair<Duration, std::uint32_t>> order;
  for (const auto& [cut, takes] : by_cut) order.emplace_back(takes, cut);
  std::ranges::sort(order);
  std::set<std::uint32_t> best;
  for (std::size_t i = 0; i < std::min(order.size(), kStepCuts); ++i) best.insert(order[i].second);
  return best;
}

}  // namespace

std::vector<journal::Candidate> allowed_to_learn(std::vector<journal::Candidate> candidates, std::uint32_t last_cut,
                                                 const LearningLimits& limits) {
  std::erase_if(candidates, [&](const journal::Candidate& candidate) {
    return !is_lossless(candidate.plan.codec) || is_forbidden(candidate, last_cut, limits);
  });
  return candidates;
}

std::vector<journal::Candidate> steps_to_learn(std::span<const journal::Candidate> candidates, std::uint32_t last_cut,
                                               const LearningLimits& limits,
                                               const std::map<std::uint32_t, Duration>& heads,
                                               const std::optional<BitsPerSecond>& uplink, Duration longest) {
  if (uplink && uplink->value <= 0) return {};
  std::vector<journal::Candidate> steps(candidates.begin(), candidates.end());
  std::erase_if(steps, [&](const journal::Candidate& candidate) {
    return !is_of_steps(candidate.plan.codec) || !heads.contains(candidate.plan.cut) ||
           is_forbidden(candidate, last_cut, limits) || usual_upload(candidate, uplink) > longest;
  });
  const std::set<std::uint32_t> cuts = best_cuts(steps, heads, uplink);
  std::erase_if(steps, [&](const journal::Candidate& candidate) { return !cuts.contains(candidate.plan.cut); });
  return steps;
}

Bytes usual_bytes(const journal::Candidate& candidate) {
  const double share = usual_share(candidate.plan.codec);
  return {static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(known_bytes(candidate).count)))};
}

Duration longest_upload(const LearningLimits& limits, Duration whole_here) {
  return std::min(limits.patience, kUploadWorth * whole_here);
}

BitsPerSecond worth_from(const journal::Candidate& candidate, Duration longest) {
  const Bytes bytes = known_bytes(candidate);
  return {bytes.count == 0 ? 0 : static_cast<double>(bytes.count) * 8 / seconds(longest)};
}

LearningChoice choose_to_learn(std::span<const journal::Candidate> allowed, const std::optional<BitsPerSecond>& uplink,
                               Duration longest, const std::set<plan::Plan>& known) {
  LearningChoice choice;
  for (const journal::Candidate& candidate : allowed) {
    const BitsPerSecond from = worth_from(candidate, longest);
    if (!uplink || *uplink >= from || known.contains(candidate.plan))
      choice.now.push_back(candidate);
    else
      choice.more_from = choice.more_from ? std::min(*choice.more_from, from) : from;
  }
  return choice;
}

Bytes bytes_to_learn(std::span<const journal::Candidate> candidates) {
  constexpr std::uint64_t kRuns = kLearningRepetitions + kLearningCompared + 1;  // A warm-up each.
  Bytes all;
  for (const journal::Candidate& candidate : candidates) all.count += kRuns * usual_bytes(candidate).count;
  return all;
}

Bytes bytes_to_try(std::span<const journal::Candidate> candidates, std::size_t inputs) {
  Bytes all;
  for (const journal::Candidate& candidate : candidates) all.count += inputs * usual_bytes(candidate).count;
  return all;
}

std::optional<Bytes> learning_share(const LearningLimits& limits) {
  if (!limits.per_day) return std::nullopt;
  return Bytes{limits.per_day->count / kPartOfDay};
}

Result<void> check_bytes(Bytes needed, const LearningLimits& limits, const SentToday& sent) {
  const auto share = learning_share(limits);
  if (!share) return {};
  if (needed > *share)
    return error(
        ErrorKind::invalid,
        "it would send {}, more than a tenth of edge.max_sent_per_day ({}); raise that, or measure with --profile",
        to_string(needed), to_string(*limits.per_day));
  if (sent.by_learning.count + needed.count > share->count)
    return error(ErrorKind::unavailable,
                 "it would send {}, and has sent {} of a tenth of edge.max_sent_per_day ({}) within a day",
                 to_string(needed), to_string(sent.by_learning), to_string(*limits.per_day));
  if (sent.by_all.count + needed.count > limits.per_day->count)
    return error(ErrorKind::unavailable,
                 "it would send {}, and {} of edge.max_sent_per_day ({}) were sent within a day", to_string(needed),
                 to_string(sent.by_all), to_string(*limits.per_day));
  return {};
}

}  // namespace tideline::campaign
