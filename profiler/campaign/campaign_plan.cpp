#include "profiler/campaign/campaign_plan.h"

#include "profiler/campaign/usual_share.h"
#include "profiler/fit/random.h"
#include "profiler/fit/sides.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace tideline::campaign {
namespace {

constexpr std::size_t kVisitsPerAnchor = 2;    // Small enough to show a trend in a short campaign,
constexpr std::size_t kMostAnchorVisits = 16;  // and to take little time of a long one.

using Among = std::span<const std::uint32_t>;

std::vector<std::uint32_t> listed(Among among) {
  return {among.begin(), among.end()};
}

std::vector<std::uint32_t> crossing(const journal::Context& context, Among among) {
  std::vector<std::uint32_t> found = listed(among);
  std::erase_if(found, [&](std::uint32_t i) { return context.candidates[i].plan.cut + 1 == context.cuts; });
  return found;
}

// Returns one candidate of each cut among `from`; `turn` selects which one.
std::vector<std::uint32_t> one_per_cut(const journal::Context& context, const std::vector<std::uint32_t>& from,
                                       std::uint32_t turn) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_cut;
  for (const std::uint32_t i : from) by_cut[context.candidates[i].plan.cut].push_back(i);
  std::vector<std::uint32_t> chosen;
  chosen.reserve(by_cut.size());
  for (const auto& [cut, same] : by_cut) chosen.push_back(same[(turn + cut) % same.size()]);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

// Returns the smallest, the largest, and those nearest to equal steps of the logarithm between them.
std::vector<std::uint32_t> spread_sizes(const journal::Context& context, Among among) {
  std::vector<std::uint32_t> left = crossing(context, among);
  if (left.size() <= kLinkSizes) return left;
  const auto size = [&](std::uint32_t i) { return std::log(1 + usual_size(context.candidates[i])); };
  const auto [least, most] =
      std::minmax_element(left.begin(), left.end(), [&](auto a, auto b) { return size(a) < size(b); });
  const double low = size(*least), high = size(*most);
  std::vector<std::uint32_t> chosen;
  for (std::size_t step = 0; step < kLinkSizes; ++step) {
    const double wanted = low + (high - low) * static_cast<double>(step) / (kLinkSizes - 1);
    const auto nearest = std::min_element(left.begin(), left.end(), [&](auto a, auto b) {
      return std::abs(size(a) - wanted) < std::abs(size(b) - wanted);
    });
    chosen.push_back(*nearest);
    left.erase(nearest);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

template <typename T>
std::vector<T> drawn(std::vector<T> from, std::size_t n, fit::Random& random) {
  fit::shuffle(from, random);
  from.resize(std::min(n, from.size()));
  std::sort(from.begin(), from.end());
  return from;
}

std::vector<std::uint32_t> held_out(const journal::Context& context, std::vector<std::uint32_t> others,
                                    const fit::Sides& sides, fit::Random& random) {
  const auto share = static_cast<std::size_t>(std::ceil(kHeldOutShare * static_cast<double>(context.cells.size())));
  const std::size_t wanted = std::max(kLeastHeldOut, share);
  std::vector<std::uint32_t> both = others;
  std::erase_if(both, [&](std::uint32_t cell) { return sides.edge[cell] == 0 || sides.cloud[cell] == 0; });
  std::vector<std::uint32_t> chosen = drawn(both, wanted / 2, random);
  std::erase_if(others, [&](std::uint32_t cell) { return std::ranges::binary_search(chosen, cell); });
  for (const std::uint32_t cell : drawn(others, wanted - chosen.size(), random)) chosen.push_back(cell);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<CellVisit> exhaustive(const journal::Context& context, Among among) {
  std::vector<CellVisit> visits;
  visits.reserve(context.cells.size());
  for (std::uint32_t cell = 0; cell < context.cells.size(); ++cell)
    visits.push_back({cell, cell == 0 ? Role::baseline : Role::whole, listed(among)});
  return visits;
}

std::vector<CellVisit> separable(const journal::Context& context, Among among) {
  const fit::Sides sides = fit::sides_of(context.cells);
  fit::Random random(context.seed);
  std::vector<CellVisit> visits;
  std::vector<std::uint32_t> others;
  for (std::uint32_t cell = 0; cell < context.cells.size(); ++cell) {
    if (cell == 0)
      visits.push_back({cell, Role::baseline, listed(among)});
    else if (sides.only_edge(cell))
      visits.push_back({cell, Role::edge, one_per_cut(context, listed(among), sides.edge[cell])});
    else if (sides.only_cloud(cell))
      visits.push_back({cell, Role::cloud, one_per_cut(context, crossing(context, among), sides.cloud[cell])});
    else if (sides.only_link(cell))
      visits.push_back({cell, Role::link, spread_sizes(context, among)});
    else
      others.push_back(cell);
  }
  for (const std::uint32_t cell : held_out(context, others, sides, random))
    visits.push_back({cell, Role::held_out, drawn(listed(among), kHeldOutCandidates, random)});
  std::erase_if(visits, [](const CellVisit& visit) { return visit.candidates.empty(); });
  std::stable_sort(visits.begin(), visits.end(),
                   [](const CellVisit& a, const CellVisit& b) { return a.cell < b.cell; });
  return visits;
}

// Returns the shard's visits: neighbours, with about equal work.
std::vector<CellVisit> part(const std::vector<CellVisit>& all, std::uint32_t shard, std::uint32_t shards) {
  std::size_t work = 0, done = 0;
  for (const CellVisit& visit : all) work += visit.candidates.size() + kImposing;
  std::vector<CellVisit> mine;
  for (const CellVisit& visit : all) {
    if (done * shards / work == shard) mine.push_back(visit);
    done += visit.candidates.size() + kImposing;
  }
  return mine;
}

std::vector<CellVisit> twice(const std::vector<CellVisit>& visits) {
  std::vector<CellVisit> all = visits;
  for (CellVisit& visit : all) visit.last = false;
  all.insert(all.end(), visits.begin(), visits.end());
  return all;
}

bool other_memory(const plan::Stress& a, const plan::Stress& b) {
  return a.edge_memory != b.edge_memory || a.cloud_memory != b.cloud_memory;
}

// Adds anchor visits between cells, preferably where the memory load changes anyway: that takes seconds.
std::vector<CellVisit> with_anchors(const journal::Context& context, const std::vector<CellVisit>& visits) {
  if (context.anchors.empty()) return visits;
  const std::size_t step = std::max(kVisitsPerAnchor, visits.size() / kMostAnchorVisits);
  std::vector<CellVisit> all;
  std::uint32_t number = 0;
  std::size_t since = 0;
  const auto look = [&] {
    all.push_back({0, Role::anchors, context.anchors, number++});
    since = 0;
  };
  if (context.shard.value_or(0) > 0) look();
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const bool replaced = i > 0 && other_memory(context.cells[visits[i].cell], context.cells[visits[i - 1].cell]);
    if (since >= 2 * step || (since >= step && replaced)) look();
    all.push_back(visits[i]);
    ++since;
    if (visits[i].role == Role::baseline) look();
  }
  look();
  return all;
}

using ByCut = std::map<std::uint32_t, std::vector<std::uint32_t>>;

std::vector<std::vector<std::uint32_t>> groups_of(ByCut by_cut) {
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [cut, candidates] : by_cut) groups.push_back(std::move(candidates));
  return groups;
}

}  // namespace

std::vector<std::uint32_t> every_candidate(const journal::Context& context) {
  std::vector<std::uint32_t> all(context.candidates.size());
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

double usual_size(const journal::Candidate& candidate) {
  return static_cast<double>(candidate.bytes.count) * usual_share(candidate.plan.codec);
}

std::vector<CellVisit> cells_to_visit(const journal::Context& context, std::span<const std::uint32_t> among) {
  const bool by_sides = context.method == journal::Method::separable;
  std::vector<CellVisit> visits = by_sides ? separable(context, among) : exhaustive(context, among);
  if (context.shard) visits = part(visits, *context.shard, context.shards);
  return visits;
}

std::vector<CellVisit> design(const journal::Context& context, std::span<const std::uint32_t> among) {
  const std::vector<CellVisit> visits = cells_to_visit(context, among);
  return with_anchors(context, context.method == journal::Method::separable ? twice(visits) : visits);
}

std::vector<CellVisit> design(const journal::Context& context) {
  return design(context, every_candidate(context));
}

std::vector<std::vector<std::uint32_t>> unmeasured_agreements(const journal::Measurements& measured) {
  ByCut by_cut;
  for (std::uint32_t i = 0; i < measured.context.candidates.size(); ++i)
    if (!measured.agreements[i]) by_cut[measured.context.candidates[i].plan.cut].push_back(i);
  return groups_of(std::move(by_cut));
}

std::vector<std::vector<std::uint32_t>> unmeasured_streams(const journal::Measurements& measured) {
  const journal::Context& context = measured.context;
  if (context.sequence.empty()) return {};
  ByCut by_cut;
  for (const std::uint32_t i : crossing(context, every_candidate(context)))
    if (const plan::Plan& plan = context.candidates[i].plan; is_of_steps(plan.codec) && !measured.streams[i])
      by_cut[plan.cut].push_back(i);
  return groups_of(std::move(by_cut));
}

std::vector<std::uint32_t> choose_anchors(const std::vector<journal::Candidate>& candidates) {
  std::set<std::uint32_t> chosen;
  const auto n = static_cast<std::uint32_t>(candidates.size());
  if (n > 0) chosen = {0u, n / 2, n - 1};
  return {chosen.begin(), chosen.end()};
}

}  // namespace tideline::campaign
