#include "runtime/link/balance.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tideline::link {
namespace {

Duration computing(const PeerLoad& candidate) {
  const auto turns = static_cast<std::int64_t>(candidate.outstanding) + 1;
  return candidate.queue.value_or(Duration{}) + turns * candidate.service.value_or(Duration{});
}

template <typename Wanted>
std::vector<std::size_t> places(std::span<const PeerLoad> candidates, Wanted wanted) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i].usable && wanted(candidates[i])) all.push_back(i);
  return all;
}

// A small share is a small probability to take part, not a small weight: of two peers, both would always be drawn.
std::vector<std::size_t> takers(std::span<const PeerLoad> candidates, Chance& chance) {
  std::uniform_real_distribution<double> any(0, 1);
  auto drawn = places(candidates, [&](const PeerLoad& one) { return any(chance) < one.share; });
  if (drawn.empty()) drawn = places(candidates, [](const PeerLoad& one) { return one.share > 0; });
  if (drawn.empty()) drawn = places(candidates, [](const PeerLoad&) { return true; });
  return drawn;
}

}  // namespace

Duration expected_time(const PeerLoad& candidate) {
  return candidate.rtt.value_or(Duration{}) + candidate.transfer.value_or(Duration{}) + computing(candidate);
}

bool sooner(const PeerLoad& a, const PeerLoad& b) {
  if (!a.service || !b.service) return a.outstanding < b.outstanding;
  Duration lead = computing(b) - computing(a);
  if (a.rtt && b.rtt) lead += *b.rtt - *a.rtt;
  if (a.transfer && b.transfer) lead += *b.transfer - *a.transfer;
  return lead > Duration{};
}

std::optional<std::size_t> choose(std::span<const PeerLoad> candidates, Chance& chance) {
  std::vector<std::size_t> drawn = takers(candidates, chance);
  if (drawn.empty()) return std::nullopt;
  std::ranges::shuffle(drawn, chance);
  if (drawn.size() > 1 && sooner(candidates[drawn[1]], candidates[drawn[0]])) return drawn[1];
  return drawn[0];
}

}  // namespace tideline::link
