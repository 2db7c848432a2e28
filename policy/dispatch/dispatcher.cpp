#include "policy/dispatch/dispatcher.h"

#include "policy/dispatch/worthwhile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace tideline::dispatch {
namespace {

constexpr int kOverdue = 20;  // A request that takes longer than expected needs this part of its time more.
constexpr Duration kMostOwed = std::chrono::milliseconds(100);  // A CPU quota's period.

// Returns what is left at `now` of work that began at `began`.
Duration left_of(Duration work, TimePoint began, TimePoint now) {
  return std::clamp(work - (now - began), work / kOverdue, work);
}

// Returns whether that plan may serve the request.
bool serves(const Offer& one, const Dispatcher::Asked& asked) {
  return asked.is_image || !plan::is_of_images(one.plan.codec);
}

std::vector<WorkSeen::Alone> alone_of(const std::vector<Offer>& plans) {
  std::vector<WorkSeen::Alone> all;
  all.reserve(plans.size() + 1);
  for (const Offer& one : plans) all.push_back({one.plan, one.demand.edge});
  return all;
}

Duration sum_of(std::span<const Duration> ends) {
  return std::accumulate(ends.begin(), ends.end(), Duration{});
}

Backlog sum_of(const std::vector<Remaining>& jobs) {
  Backlog sum;
  for (const Remaining& one : jobs) {
    sum.edge += one.needs.long_run();
    sum.uplink += one.needs.uplink;
    sum.cloud += one.needs.cloud;
  }
  return sum;
}

}  // namespace

void Dispatcher::offer(std::string_view model, Offers offers) {
  auto at = models_.find(model);
  if (at == models_.end()) at = models_.emplace(std::string(model), Model{}).first;
  at->second.fresh = std::move(offers);
}

Dispatcher::Model* Dispatcher::known(std::string_view model) {
  const auto at = models_.find(model);
  if (at == models_.end()) return nullptr;
  weigh(at->second);
  return &at->second;
}

// Offers come ten times a second, requests perhaps seldom: so they are weighed when one comes.
void Dispatcher::weigh(Model& model) {
  if (!model.fresh) return;
  slots_.cloud = std::clamp(model.fresh->cloud_slots, 1, Slots::kMost);
  line_ = FlowLine(slots_, work_.seen().ahead(slots_.edge));
  if (model.fresh->rule == Rule::finish) occupy(model.fresh->plans);
  model.offers = worthwhile(*std::move(model.fresh), slots_, kMostPlans);
  model.next = next_plans(model.offers.plans, slots_, kAhead);
  model.fresh.reset();
}

void Dispatcher::occupy(std::vector<Offer>& plans) const {
  const WorkSeen& seen = work_.seen();
  if (!(seen.cores > 0) || seen.computed.empty()) return;
  const std::vector<Duration> computed = seen.computed_of(alone_of(plans));
  const int slots = std::max(1, slots_.edge);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    Demand& demand = plans[i].demand;
    demand.occupies = seen.occupies(computed[i], slots);
    // All threads of a run together compute no faster than that.
    demand.edge = std::max(demand.edge, from_seconds(seconds(computed[i]) / std::max(1.0, seen.cores / slots)));
  }
}

// A tail computes as much longer than it takes alone as the plan with the deepest cut that was seen. What the process
// computes beside a request was counted with its head.
Duration Dispatcher::tail_occupies(const Model& model, Duration alone) const {
  const WorkSeen& seen = work_.seen();
  if (!(seen.cores > 0) || seen.computed.empty() || model.offers.plans.empty()) return {};
  std::vector<WorkSeen::Alone> plans = alone_of(model.offers.plans);
  plans.push_back({plans.front().plan, alone});
  plans.back().plan.cut = std::numeric_limits<std::uint32_t>::max();
  return seen.occupies(seen.computed_of(plans).back() - seen.rest, std::max(1, slots_.edge));
}

Dispatcher::Assignment Dispatcher::begin(const Asked& asked, TimePoint now) {
  Assignment assigned{.ticket = ++tickets_};
  Model* const found = known(asked.model);
  if (!found) return assigned;
  Model& model = *found;
  const auto fits = [&](const Offer& one) { return asked.forced ? one.plan == *asked.forced : serves(one, asked); };
  const Offers& offers = model.offers;
  const std::vector<Offer>& plans = offers.plans;
  if (std::ranges::none_of(plans, fits)) return assigned;
  arrived(model, asked.priority, now);
  std::vector<Remaining> jobs = remaining(now);
  std::size_t chosen = offers.usual;
  if (asked.forced)
    chosen = static_cast<std::size_t>(std::ranges::find_if(plans, fits) - plans.begin());
  else if (!is_alone(offers, asked, jobs))
    chosen = choose(model, asked, jobs);
  assigned.latency = end_of(plans[chosen], asked, jobs);
  if (asked.within && !asked.forced && *assigned.latency > *asked.within) {
    std::tie(chosen, assigned.latency) = first_to_end(offers, asked, jobs);
    std::vector<Remaining> none;
    assigned.refused = Soonest{*assigned.latency, first_to_end(offers, asked, none).second}.is_late(asked);
    if (assigned.refused) return assigned;
  }
  assigned.offer = plans[chosen];
  if (!asked.forced) model.last = assigned.offer->demand;
  assigned.offer->demand = assigned.offer->demand.times(asked.batch);
  jobs_.push_back({.ticket = assigned.ticket,
                   .demand = assigned.offer->demand,
                   .priority = asked.priority,
                   .since = now,
                   .model = &model,
                   .batch = asked.batch,
                   .chosen = !asked.forced});
  return assigned;
}

bool Dispatcher::is_alone(const Offers& offers, const Asked& asked, const std::vector<Remaining>& jobs) const {
  if (asked.forced || !jobs.empty() || offers.rule != Rule::finish || offers.plans.empty()) return false;
  const Offer& usual = offers.plans[offers.usual];
  return serves(usual, asked) && is_quiet(usual.demand.times(asked.batch).total());
}

// REQUIRES: some plan serves the request.
std::size_t Dispatcher::choose(const Model& model, const Asked& asked, const std::vector<Remaining>& jobs) {
  if (model.offers.rule != Rule::finish) return by_rule(model.offers, asked, jobs);
  return by_finish(model, asked, bounded(jobs, kMostJobs));
}

Duration Dispatcher::end_of(const Offer& plan, const Asked& asked, std::vector<Remaining>& jobs) {
  jobs.push_back({.needs = plan.demand.times(asked.batch), .priority = asked.priority});
  const Duration end = line_.ends(jobs).back();
  jobs.pop_back();
  return end;
}

void Dispatcher::arrived(const Model& model, Priority priority, TimePoint now) {
  if (last_arrival_) gaps_.push_back({std::max(Duration{}, now - *last_arrival_), &model, priority});
  if (gaps_.size() > kFutures * kAhead) gaps_.erase(gaps_.begin());
  last_arrival_ = now;
}

Waits Dispatcher::sends(std::uint64_t ticket, TimePoint now, const std::optional<Rest>& rest) {
  const auto job = std::ranges::find(jobs_, ticket, &Job::ticket);
  if (job == jobs_.end()) return {};
  leaves_edge(*job, now);
  Job gone = *job;
  jobs_.erase(job);
  std::vector<Remaining> jobs = remaining(now);
  const bool among_others = !jobs.empty() || !is_quiet(gone.demand.total());
  gone.demand.edge = gone.demand.occupies = {};
  Waits waits;
  const bool chooses = gone.model->offers.rule == Rule::finish && !gone.model->next.empty();
  if (rest && among_others && gone.chosen && chooses) waits.stays = stays(gone, *rest, bounded(jobs, kMostJobs));
  jobs.push_back({.needs = gone.demand, .priority = gone.priority});
  waits.there = line_.ends(jobs).back() - gone.demand.total();
  jobs.back() = {.needs = {.edge = Duration{1}}, .priority = gone.priority};
  waits.here = line_.ends(jobs).back() - Duration{1};
  if (rest && among_others) waits.here += std::max(Duration{}, tail_occupies(*gone.model, rest->here) - rest->here);
  gone.on_edge = false;
  gone.since = now;
  jobs_.push_back(gone);
  return waits;
}

// What the cloud takes is known no better than when the plan was chosen; the uplink may be another one since.
bool Dispatcher::stays(const Job& job, const Rest& rest, std::vector<Remaining> jobs) {
  const Demand both = Demand{.edge = rest.here, .uplink = rest.there}.times(job.batch);
  Demand there = job.demand;
  there.uplink = {};
  there.uplink = std::max(Duration{}, both.uplink - there.total());
  const Demand here{.edge = both.edge, .occupies = tail_occupies(*job.model, both.edge)};
  const Duration margin = here.edge * 3 / 100 * static_cast<std::int64_t>(futures());
  return least_sum(*job.model, {.needs = here.times(1), .priority = job.priority}, jobs) + margin <
         least_sum(*job.model, {.needs = there.times(1), .priority = job.priority}, jobs);
}

void Dispatcher::runs_here(std::uint64_t ticket, Duration work, TimePoint now) {
  const auto job = std::ranges::find(jobs_, ticket, &Job::ticket);
  if (job == jobs_.end()) return;
  job->demand = Demand{.edge = work, .occupies = tail_occupies(*job->model, work)}.times(1);
  job->on_edge = job->tail = true;
  job->since = now;
  jobs_.splice(jobs_.end(), jobs_, job);
}

void Dispatcher::end(std::uint64_t ticket, TimePoint now) {
  const auto job = std::ranges::find(jobs_, ticket, &Job::ticket);
  if (job == jobs_.end()) return;
  if (job->on_edge)
    leaves_edge(*job, now);
  else
    link_left_ = std::max(link_left_, now - job->demand.queue - job->demand.cloud - job->demand.rest);
  jobs_.erase(job);
}

// Under a quota a short run goes faster than many in a row can. What it went ahead by, the next ones wait for. Of a
// tail that the answer of the cloud ended, it is as much as was done of it.
void Dispatcher::leaves_edge(const Job& job, TimePoint now) {
  const TimePoint began = begins(job);
  if (job.demand.occupies > Duration{}) {
    const double done = job.tail && job.demand.edge > Duration{}
                            ? std::clamp(seconds(now - began) / seconds(job.demand.edge), 0.0, 1.0)
                            : 1;
    const TimePoint until =
        std::max(owes_until_, began) + from_seconds(done * seconds(job.demand.occupies) / std::max(1, slots_.edge));
    owes_until_ = std::min(std::max({until, now}), now + kMostOwed);
  }
  if (job.demand.edge > Duration{}) edge_left_ = now;
}

// The slot went to the highest priority among those that waited when it was last left, or else to the next to come.
const Dispatcher::Job* Dispatcher::running() const {
  const Job* first = nullptr;
  for (const Job& job : jobs_) {
    if (!job.on_edge || job.demand.edge <= Duration{}) continue;
    if (!first || (job.since <= edge_left_ && job.priority < first->priority)) first = &job;
  }
  return first;
}

// A request at the edge runs when those before it have left. One that was sent passes the uplink, then the cloud, as
// fast as expected: when it leaves the uplink is not seen before its answer.
std::vector<Remaining> Dispatcher::remaining(TimePoint now) const {
  std::vector<Remaining> sent, here;
  TimePoint link_free = link_left_;
  std::vector<TimePoint> cloud_free(static_cast<std::size_t>(std::max(1, slots_.cloud)));
  const Job* const runs = running();
  for (const Job& job : jobs_) {
    Remaining rest{.needs = job.demand, .priority = job.priority};
    if (job.on_edge) {
      if (&job == runs) {
        const TimePoint from = begins(job);
        rest.needs.edge = left_of(job.demand.edge, from, now) + std::max(Duration{}, from - now);
        if (job.demand.occupies > Duration{}) rest.needs.occupies = left_of(job.demand.occupies, from, now);
        rest.runs = true;
      }
      here.push_back(rest);
      continue;
    }
    rest.needs.edge = rest.needs.occupies = {};
    const TimePoint begins = std::max(job.since, link_free);
    link_free = begins + job.demand.uplink;
    if (link_free > now) {
      rest.needs.uplink = std::min(job.demand.uplink, link_free - now);
    } else {
      TimePoint& slot = *std::ranges::min_element(cloud_free);
      const TimePoint computes = std::max(link_free + job.demand.queue, slot);
      slot = computes + job.demand.cloud;
      rest.needs.uplink = rest.needs.queue = {};
      rest.needs.cloud = left_of(job.demand.cloud, computes, now);
      rest.runs = computes <= now;
    }
    sent.push_back(rest);
  }
  if (owes_until_ > now)
    here.insert(here.begin(), {.needs = {.occupies = (owes_until_ - now) * std::max(1, slots_.edge)}, .runs = true});
  std::ranges::stable_sort(here, {}, [](const Remaining& one) { return std::pair(!one.runs, one.priority); });
  sent.insert(sent.end(), here.begin(), here.end());
  return sent;
}

// True iff each request would have been done before the next one came.
bool Dispatcher::is_quiet(Duration latency) const {
  return std::ranges::all_of(gaps_, [&](const Gap& gap) { return gap.length > latency; });
}

void Dispatcher::append_next(std::vector<Remaining>& jobs, std::size_t future, const Model& model,
                             const Plans& plans) const {
  Duration at{};
  const std::size_t from = gaps_.size() - std::min(gaps_.size(), (future + 1) * kAhead);
  const std::size_t count = std::min(gaps_.size() - from, kAhead);
  for (std::size_t i = 0; i < count; ++i) {
    const Gap& gap = gaps_[from + i];
    at += gap.length;
    if (gap.model == &model)
      jobs.push_back({at, model.offers.plans[plans[i]].demand, gap.priority});
    else if (gap.model->last)
      jobs.push_back({at, *gap.model->last, gap.priority});
  }
}

std::size_t Dispatcher::by_finish(const Model& model, const Asked& asked, std::vector<Remaining> jobs) {
  const Offers& offers = model.offers;
  const Duration bonus = from_seconds(offers.hysteresis * seconds(offers.plans[offers.usual].demand.total()));
  std::size_t best = offers.usual;
  Duration least = Duration::max();
  for (std::size_t i = 0; i < offers.plans.size(); ++i) {
    const Offer& mine = offers.plans[i];
    if (!serves(mine, asked)) continue;
    const Duration beside = mine.price - (i == offers.usual ? bonus : Duration{});
    const Remaining one{.needs = mine.demand.times(asked.batch), .priority = asked.priority};
    const Duration sum = least_sum(model, one, jobs) + beside * static_cast<std::int64_t>(futures());
    if (sum >= least) continue;
    least = sum;
    best = i;
  }
  return best;
}

Duration Dispatcher::least_sum(const Model& model, const Remaining& mine, std::vector<Remaining>& jobs) {
  const std::size_t before = jobs.size();
  jobs.push_back(mine);
  Duration least = Duration::max();
  for (const Plans& next : model.next) {
    Duration sum{};
    for (std::size_t future = 0; future < futures(); ++future) {
      jobs.resize(before + 1);
      append_next(jobs, future, model, next);
      sum += sum_of(line_.ends(jobs));
    }
    least = std::min(least, sum);
  }
  jobs.resize(before);
  return least;
}

bool Dispatcher::Soonest::is_late(const Asked& asked) const {
  if (!asked.within || now <= *asked.within) return false;
  return asked.strict || alone <= *asked.within + asked.waited;
}

std::optional<Dispatcher::Soonest> Dispatcher::soonest(const Asked& asked, TimePoint now) {
  const Model* const model = known(asked.model);
  if (!model) return std::nullopt;
  std::vector<Remaining> none, jobs = remaining(now);
  const Offers& offers = model->offers;
  if (std::ranges::none_of(offers.plans, [&](const Offer& one) { return serves(one, asked); })) return std::nullopt;
  return Soonest{first_to_end(offers, asked, jobs).second, first_to_end(offers, asked, none).second};
}

std::pair<std::size_t, Duration> Dispatcher::first_to_end(const Offers& offers, const Asked& asked,
                                                          std::vector<Remaining>& jobs) {
  std::pair<std::size_t, Duration> first{offers.usual, Duration::max()};
  const std::vector<Offer>& plans = offers.plans;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (!serves(plans[i], asked)) continue;
    if (const Duration end = end_of(plans[i], asked, jobs); end < first.second) first = {i, end};
  }
  return first;
}

std::size_t Dispatcher::by_rule(const Offers& offers, const Asked& asked, const std::vector<Remaining>& jobs) const {
  const std::vector<Offer>& plans = offers.plans;
  std::optional<std::size_t> here, there;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (!serves(plans[i], asked)) continue;
    std::optional<std::size_t>& fastest = plans[i].demand.sends() ? there : here;
    if (!fastest || plans[i].demand.total() < plans[*fastest].demand.total()) fastest = i;
  }
  if (!here || !there) return here ? *here : *there;
  const Demand one = plans[*here].demand, other = plans[*there].demand;
  if (offers.rule == Rule::least_work) {
    const Backlog left = sum_of(jobs);
    return left.edge + one.long_run() <= left.uplink + left.cloud + other.total() ? *here : *there;
  }
  const auto is_here = [](const Job& job) { return job.on_edge && !job.demand.sends(); };
  const auto waiting = static_cast<std::size_t>(std::ranges::count_if(jobs_, is_here));
  return waiting <= jobs_.size() - waiting ? *here : *there;
}

bool Dispatcher::edge_free(TimePoint now) const {
  const auto takes_slot = [](const Job& job) { return job.on_edge && job.demand.edge > Duration{}; };
  return std::ranges::count_if(jobs_, takes_slot) + (owes_until_ > now ? 1 : 0) < slots_.edge;
}

Backlog Dispatcher::backlog(TimePoint now) const {
  Backlog sum = sum_of(remaining(now));
  sum.requests = jobs_.size();
  return sum;
}

double Dispatcher::rate(TimePoint now) const {
  if (gaps_.empty()) return 0;
  const auto n = static_cast<double>(gaps_.size());
  double sum = 0;
  for (const Gap& gap : gaps_) sum += seconds(gap.length);
  const double overdue = seconds(now - *last_arrival_) - sum / n;
  return n / std::max(1e-9, sum + std::max(0.0, overdue));
}

double Dispatcher::burstiness() const {
  if (gaps_.size() < 2) return 0;
  double mean = 0, square = 0;
  for (const Gap& gap : gaps_) mean += seconds(gap.length);
  mean /= static_cast<double>(gaps_.size());
  if (mean <= 0) return 0;
  for (const Gap& gap : gaps_) square += std::pow(seconds(gap.length) - mean, 2);
  return square / static_cast<double>(gaps_.size() - 1) / (mean * mean);
}

}  // namespace tideline::dispatch
