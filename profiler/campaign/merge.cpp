#include "profiler/campaign/merge.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/journal/lines_write.h"

#include <algorithm>

namespace tideline::campaign {
namespace {

Result<void> check_shard(const NamedMeasurements& one, const NamedMeasurements& first) {
  const journal::Context& context = one.measured.context;
  if (!context.shard)
    return error(ErrorKind::invalid, "{}: is a whole campaign, not a shard; merge the journals of --shard", one.name);
  if (const auto differs = difference_of_shards(first.measured.context, context))
    return error(ErrorKind::invalid, "{} and {} are not shards of one campaign: {}", first.name, one.name, *differs);
  return {};
}

// Cells that could not be imposed count as finished: the table reports them.
Result<void> check_finished(const NamedMeasurements& one) {
  for (const CellVisit& visit : design(one.measured.context))
    if (visit.role != Role::anchors && !one.measured.finished[visit.cell] && !one.measured.unreached[visit.cell])
      return error(ErrorKind::invalid, "{}: cell {} ({}) is not finished; continue it with --resume", one.name,
                   visit.cell, to_string(one.measured.context.cells[visit.cell]));
  return {};
}

template <typename T>
void take_over(const std::vector<std::optional<T>>& from, std::vector<std::optional<T>>& to, std::uint32_t i) {
  if (from[i]) to[i] = from[i];
}

void add(const journal::Measurements& shard, journal::Measurements& whole) {
  whole.samples.insert(whole.samples.end(), shard.samples.begin(), shard.samples.end());
  whole.anchors.insert(whole.anchors.end(), shard.anchors.begin(), shard.anchors.end());
  for (std::uint32_t i = 0; i < shard.agreements.size(); ++i) {
    if (!whole.agreements[i]) whole.agreements[i] = shard.agreements[i];
    if (!whole.streams[i]) whole.streams[i] = shard.streams[i];
  }
  for (const CellVisit& visit : design(shard.context)) {
    if (visit.role == Role::anchors) continue;
    take_over(shard.imposed, whole.imposed, visit.cell);
    take_over(shard.unreached, whole.unreached, visit.cell);
    whole.finished[visit.cell] = shard.finished[visit.cell];
  }
}

}  // namespace

Result<journal::Measurements> merge(std::span<const NamedMeasurements> shards) {
  if (shards.empty()) return error(ErrorKind::invalid, "nothing to merge; name the shards' journals");
  std::vector<const NamedMeasurements*> by_shard(shards.front().measured.context.shards);
  for (const NamedMeasurements& one : shards) {
    if (auto ok = check_shard(one, shards.front()); !ok) return ok.error();
    const NamedMeasurements*& place = by_shard[*one.measured.context.shard];
    if (place)
      return error(ErrorKind::invalid, "{} and {} are the same shard ({}/{}); leave one out", place->name, one.name,
                   *one.measured.context.shard + 1, by_shard.size());
    if (auto ok = check_finished(one); !ok) return ok.error();
    place = &one;
  }
  journal::Context context = shards.front().measured.context;
  context.shard.reset();
  journal::Measurements whole = begun(std::move(context));
  for (std::size_t i = 0; i < by_shard.size(); ++i) {
    if (!by_shard[i])
      return error(ErrorKind::invalid, "shard {}/{} is missing; measure it, or name its journal too", i + 1,
                   by_shard.size());
    add(by_shard[i]->measured, whole);
  }
  std::stable_sort(whole.samples.begin(), whole.samples.end(),
                   [](const journal::Sample& a, const journal::Sample& b) { return a.cell < b.cell; });
  return whole;
}

}  // namespace tideline::campaign
