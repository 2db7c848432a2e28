#include "policy/replay/world.h"

#include "policy/replay/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace tideline::replay {
namespace {

// A separate generator for each thing, so that draws do not affect one another.
Random stream(std::uint64_t seed, std::uint64_t what, std::uint64_t which) {
  Random mixed(seed ^ (what * 0x9e3779b97f4a7c15));
  return Random(mixed.next() ^ (which * 0xd1342543de82ef95));
}

constexpr double kZ95 = 1.645;

enum Streams : std::uint64_t { kMachines = 1, kLayers, kNeighbours, kRequests, kNetwork };

double wrong(Random& random, double sd) {
  return std::exp(sd * random.normal());
}

double first_window(const ReplaySetting& setting) {
  return setting.window ? static_cast<double>(setting.window->count) : std::numeric_limits<double>::infinity();
}

// Returns the true heads by cut: the time between two cuts deviates by its own factor.
std::map<std::uint32_t, Seconds> true_heads(const table::Cell& cell, const ReplaySetting& setting) {
  std::map<std::uint32_t, Seconds> heads;
  for (const table::Estimate& e : cell.estimates) heads.emplace(e.plan.cut, seconds(e.mean.head));
  Random random = stream(setting.seed, kLayers, 0);
  Seconds before = 0, sum = 0;
  for (auto& [cut, head] : heads) {
    sum += std::max(0.0, head - before) * wrong(random, setting.wrong.layer);
    before = std::max(before, head);
    head = sum;
  }
  return heads;
}

}  // namespace

Perturbation as_measured(const table::Cell& cell) {
  std::vector<double> varies;
  for (const table::Estimate& e : cell.estimates)
    if (e.mean.total() > Duration{})
      varies.push_back(std::log(std::max(1.0, seconds(e.p95) / seconds(e.mean.total()))));
  Perturbation wrong{.edge = 0, .cloud = 0, .layer = 0, .network = 0, .neighbour = 0, .request = 0};
  if (varies.empty()) return wrong;
  const auto middle = varies.begin() + static_cast<std::ptrdiff_t>(varies.size() / 2);
  std::ranges::nth_element(varies, middle);
  wrong.request = *middle / kZ95;
  return wrong;
}

std::optional<Bytes> window_at(double requests_per_second, Seconds rtt) {
  if (1 / requests_per_second <= 0.2 + rtt) return std::nullopt;
  return Bytes{14'600};
}

World::World(std::shared_ptr<const table::PartitionTable> table, const Trace* bandwidth, const Trace* cpu,
             ReplaySetting setting)
    : table_(std::move(table)), bandwidth_(bandwidth), cpu_(cpu), setting_(setting) {
  const table::Cell& cell = table_->unstressed();
  Random machines = stream(setting.seed, kMachines, 0), network = stream(setting.seed, kNetwork, 0);
  const double edge = wrong(machines, setting.wrong.edge), cloud = wrong(machines, setting.wrong.cloud);
  const auto heads = true_heads(cell, setting);
  const double slower = predict::wire_slower(*table_);
  const auto overheads = predict::network_overheads(*table_, slower);
  load_ = predict::edge_load(*table_, slower);
  const std::uint32_t last = table_->edge_only().cut;
  const table::Estimate* const edge_only = cell.find(table_->edge_only());
  Random tails = stream(setting.seed, kLayers, 1);
  for (std::size_t i = 0; i < cell.estimates.size(); ++i) {
    const table::Estimate& e = cell.estimates[i];
    Truth truth{.head = edge * heads.at(e.plan.cut), .encode = edge * seconds(e.mean.encode)};
    truth.whole = e.plan.cut == last;
    truth.computes_here = plan::needs_slot(e.plan, table_->takes_images());
    const auto whole = heads.find(last);
    // Of an image that crosses itself, nothing is decoded here yet.
    const double decode = edge_only && e.plan.cut == 0 ? edge * seconds(edge_only->mean.encode) : 0;
    truth.local = whole == heads.end() ? std::numeric_limits<double>::infinity()
                                       : std::max(0.0, edge * whole->second + decode - truth.head);
    const double machine = truth.whole ? edge : cloud * wrong(tails, setting.wrong.layer);
    truth.tail = machine * seconds(e.mean.tail);
    truth.queue = truth.whole ? 0 : machine * seconds(e.mean.queue);
    truth.bytes = truth.whole ? 0 : static_cast<double>(e.wire.count);
    truth.overhead = truth.whole ? 0 : std::max(0.0, seconds(overheads[i])) * wrong(network, setting.wrong.network);
    if (setting.change && !truth.whole && setting.change->plan.value_or(i) == i) truth.later = setting.change->tail;
    truths_.push_back(truth);
  }
  add_work();
  for (const table::Cell& c : table_->cells())
    if (c.seen.edge_slowdown && c.asked.edge_memory == 0)
      loads_.emplace_back(c.asked.edge_cpu, std::max(1.0, *c.seen.edge_slowdown));
  std::ranges::sort(loads_);
  if (loads_.empty() || loads_.back().first == 0) loads_ = {{0, 1}, {1, setting.full_load}};
}

// Runs take at least the time that they compute.
void World::add_work() {
  if (!setting_.work) return;
  std::vector<dispatch::WorkSeen::Alone> runs;
  for (std::size_t i = 0; i < truths_.size(); ++i) {
    const Truth& truth = truths_[i];
    const Seconds alone = truth.head + truth.encode + (truth.whole ? truth.tail : 0);
    runs.push_back({table_->unstressed().estimates[i].plan, from_seconds(alone)});
  }
  const std::vector<Duration> computed = setting_.work->computed_of(runs);
  Seconds whole = 0;
  double whole_slower = 1;
  for (std::size_t i = 0; i < truths_.size(); ++i) {
    Truth& truth = truths_[i];
    const double slower = runs[i].time > Duration{} ? std::max(1.0, seconds(computed[i]) / seconds(runs[i].time)) : 1;
    for (Seconds* const part : {&truth.head, &truth.encode}) *part *= slower;
    truth.computed = computed[i];
    truth.door = seconds(setting_.work->rest);
    truth.occupies = seconds(setting_.work->occupies(truth.computed, setting_.slots.edge));
    if (!truth.whole) continue;
    truth.tail *= slower;
    whole = truth.occupies;
    whole_slower = slower;
  }
  for (Truth& truth : truths_) {
    truth.local *= whole_slower;
    truth.tail_occupies = std::max(0.0, whole - truth.occupies);
  }
}

Seconds World::occupies(std::size_t plan, const Dice& dice, Seconds at) const {
  return truths_[plan].occupies == 0 ? 0 : truths_[plan].occupies * slowdown(at) * dice.edge;
}

Seconds World::occupies(const plan::Plan& plan) const {
  const auto& estimates = table_->unstressed().estimates;
  const auto found = std::ranges::find(estimates, plan, &table::Estimate::plan);
  return found == estimates.end() ? 0 : truths_[static_cast<std::size_t>(found - estimates.begin())].occupies;
}

Seconds World::tail_occupies(std::size_t plan, const Dice& dice, Seconds at) const {
  return truths_[plan].tail_occupies == 0 ? 0 : truths_[plan].tail_occupies * slowdown(at) * dice.edge;
}

double World::load_slowdown(double share) const {
  const auto after = std::ranges::lower_bound(loads_, std::pair(share, 0.0));
  if (after == loads_.begin()) return after->second;
  if (after == loads_.end()) return loads_.back().second;
  const auto before = after - 1;
  if (after->first == before->first) return after->second;
  const double part = (share - before->first) / (after->first - before->first);
  return before->second + part * (after->second - before->second);
}

double World::waited(Seconds at) const {
  return cpu_ ? 1 - 1 / load_slowdown(cpu_->at(at)) : 0;
}

Seconds World::tail(const Truth& truth, Seconds at) const {
  return setting_.change && at >= setting_.change->at ? truth.tail * truth.later : truth.tail;
}

double World::slowdown(Seconds at) const {
  const double change = setting_.change && at >= setting_.change->at ? setting_.change->edge : 1;
  const double load = change * (cpu_ ? load_slowdown(cpu_->at(at)) : 1);
  if (setting_.wrong.neighbour == 0) return load;
  const auto span = static_cast<std::uint64_t>(at / setting_.wrong.neighbour_for);
  Random random = stream(setting_.seed, kNeighbours, span);
  return load * std::exp(setting_.wrong.neighbour * random.normal());
}

Dice World::dice(std::uint64_t request) const {
  Random random = stream(setting_.seed, kRequests, request);
  const double edge = wrong(random, setting_.wrong.request), cloud = wrong(random, setting_.wrong.request);
  return {edge, cloud, wrong(random, setting_.wrong.bytes)};
}

// TCP sends a window, waits for its acknowledgement, and doubles the window until the bytes in flight fill the link.
Seconds World::upload(double bytes, Seconds from, double first, Seconds* half) const {
  double window = first_window(setting_), left = bytes;
  Seconds at = from;
  const auto pass = [&](double some) {
    const double before = bytes - left;
    if (half && before <= first && before + some >= first) *half = bandwidth_->reach(at, 8 * (first - before));
    left -= some;
    return bandwidth_->reach(at, 8 * some);
  };
  while (left > window && window < bandwidth_->at(at) / 8 * setting_.rtt) {
    at = std::max(pass(window), at + setting_.rtt);
    window *= 2;
  }
  return pass(left);
}

Seconds World::dark_after(Seconds sent, Seconds uploaded, Seconds most) const {
  constexpr Seconds kStill = 0.25, kLook = 0.05;
  for (Seconds after = kStill; after + setting_.rtt < most && sent + after < uploaded; after += kLook)
    if (bandwidth_->zero_since(sent + after) >= kStill) return after + setting_.rtt;
  return std::numeric_limits<double>::infinity();
}

RequestTimeline World::begin_head(const Truth& truth, const Dice& dice, Seconds at, double slow) const {
  RequestTimeline course;
  course.head = truth.head * slow * dice.edge;
  course.encode = truth.encode * slow * dice.edge;
  course.sent = at + course.head + course.encode;
  course.local = truth.local * slow * dice.edge;
  if (truth.whole) {
    course.answer = course.sent + (truth.tail * slow + truth.door) * dice.edge;
    return course;
  }
  course.bytes = truth.bytes * dice.bytes;
  course.counted = course.bytes - std::min(course.bytes / 2, 65536.0);
  course.tail = tail(truth, at) * dice.cloud;
  course.queue = truth.queue * dice.cloud;
  course.rest = setting_.rtt + truth.overhead + seconds(load_.more(slow)) + truth.door * dice.edge;
  return course;
}

RequestTimeline World::begin_head(std::size_t plan, const Dice& dice, Seconds at) const {
  return begin_head(truths_[plan], dice, at, slowdown(at));
}

void World::begin_upload(RequestTimeline& course, Seconds at) const {
  course.sent = course.half = at;
  course.uploaded = upload(course.bytes, at, course.bytes - course.counted, &course.half);
}

void World::begin_tail(RequestTimeline& course, Seconds at) const {
  course.queue = std::max(course.queue, at - course.uploaded);
  course.answer = course.uploaded + course.rest + course.queue + course.tail;
}

RequestTimeline World::run(const Truth& truth, const Dice& dice, Seconds at, double slow) const {
  RequestTimeline course = begin_head(truth, dice, at, slow);
  if (truth.whole) return course;
  begin_upload(course, course.sent);
  begin_tail(course, course.uploaded + course.queue);
  return course;
}

void World::courses(std::uint64_t request, Seconds at, std::vector<RequestTimeline>& courses) const {
  const Dice drawn = dice(request);
  const double slow = slowdown(at);
  courses.clear();
  for (const Truth& truth : truths_) courses.push_back(run(truth, drawn, at, slow));
}

RequestTimeline World::course(std::size_t plan, const Dice& dice, Seconds at) const {
  return run(truths_[plan], dice, at, slowdown(at));
}

Seconds World::steady(std::size_t plan, Seconds at) const {
  const Truth& truth = truths_[plan];
  const double slow = slowdown(at);
  const Seconds here = (truth.head + truth.encode) * slow;
  if (truth.whole) return here + truth.tail * slow + truth.door;
  const double rate = bandwidth_->at(at);
  if (rate <= 0) return std::numeric_limits<double>::infinity();
  Seconds rounds = 0;
  double window = first_window(setting_), left = truth.bytes;
  for (; left > window && window < rate / 8 * setting_.rtt; window *= 2, rounds += setting_.rtt) left -= window;
  return here + rounds + 8 * left / rate + setting_.rtt + truth.overhead + seconds(load_.more(slow)) + truth.door +
         truth.queue + tail(truth, at);
}

}  // namespace tideline::replay
