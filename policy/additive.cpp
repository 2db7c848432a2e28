#include "policy/additive.h"

#include "policy/prediction.h"

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

// Loads that slow a machine by less than this more than the last are the same: between them there is but noise.
constexpr double kStep = 1.1;

Duration scaled(Duration time, double by) {
  return from_seconds(seconds(time) * by);
}

Duration on_the_wire(Bytes size, BitsPerSecond rate) {
  return from_seconds(static_cast<double>(size.count) * 8 / rate.value);
}

double slowdown_or_none(std::optional<double> slowdown) {
  return slowdown && *slowdown > 0 ? *slowdown : 1;
}

}  // namespace

Additive::Additive(std::shared_ptr<const PartitionTable> table)
    : table_(std::move(table)),
      edge_(loads(&Conditions::edge_slowdown, &Stress::edge_cpu)),
      cloud_(loads(&Conditions::cloud_slowdown, &Stress::cloud_cpu)) {}

Additive::Loads Additive::loads(std::optional<double> Conditions::* slowdown, double Stress::* share) const {
  const Cell& unstressed = table_->unstressed();
  Loads all{{1, &unstressed}};
  for (const Cell& cell : table_->cells()) {
    Stress but_for_this = cell.asked;
    but_for_this.*share = unstressed.asked.*share;
    if (but_for_this == unstressed.asked && cell.seen.*slowdown) all.push_back({*(cell.seen.*slowdown), &cell});
  }
  std::ranges::stable_sort(all.begin() + 1, all.end(), {}, &Load::slowdown);
  Loads kept;
  for (const Load& load : all)
    if (kept.empty() || load.slowdown > kept.back().slowdown * kStep) kept.push_back(load);
  return kept;
}

// Between two loads that were measured, in proportion; beyond the last, as much slower as the machine is.
Duration Additive::at(const Loads& loads, double slowdown, std::size_t plan, Duration Terms::* term) {
  const auto time = [&](const Load& load) { return load.cell->estimates[plan].mean.*term; };
  const auto above = std::ranges::find_if(loads, [&](const Load& load) { return load.slowdown > slowdown; });
  if (above == loads.begin()) return scaled(time(loads.front()), slowdown / loads.front().slowdown);
  const Load& below = *std::prev(above);
  if (above == loads.end()) return scaled(time(below), slowdown / below.slowdown);
  const double share = (slowdown - below.slowdown) / (above->slowdown - below.slowdown);
  return time(below) + scaled(time(*above) - time(below), share);
}

Duration Additive::network(const Estimate& estimate, const Conditions& now) const {
  const Conditions& then = table_->unstressed().seen;
  Duration rest = estimate.mean.network;
  if (!now.uplink || !then.uplink) return rest;
  rest = std::max(Duration{}, rest - on_the_wire(estimate.wire, *then.uplink));
  if (now.rtt && then.rtt) rest = std::max(Duration{}, rest + *now.rtt - *then.rtt);
  return rest + on_the_wire(estimate.wire, *now.uplink);
}

Cell Additive::predict(const Conditions& now) const {
  Cell cell = table_->unstressed();
  cell.seen = now;
  const double edge = slowdown_or_none(now.edge_slowdown), cloud = slowdown_or_none(now.cloud_slowdown);
  for (std::size_t i = 0; i < cell.estimates.size(); ++i) {
    Estimate& estimate = cell.estimates[i];
    const bool sends = estimate.plan.cut != table_->edge_only().cut;
    const Duration before = estimate.mean.total();
    estimate.mean.head = at(edge_, edge, i, &Terms::head);
    estimate.mean.encode = at(edge_, edge, i, &Terms::encode);
    estimate.mean.tail = sends ? at(cloud_, cloud, i, &Terms::tail) : at(edge_, edge, i, &Terms::tail);
    if (sends) estimate.mean.network = network(estimate, now);
    if (sends) estimate.mean.queue = now.cloud_queue.value_or(estimate.mean.queue);
    if (before > Duration{}) estimate.p95 = scaled(estimate.p95, seconds(estimate.mean.total()) / seconds(before));
  }
  return predicted(std::move(cell), now, table_->edge_only().cut);
}

}  // namespace tideline
