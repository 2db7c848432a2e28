#include "policy/replay/replay.h"

#include "policy/replay/clairvoyant.h"
#include "policy/replay/contenders.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace tideline::replay {
namespace {

struct NamedYardstick {
  Yardstick yardstick;
  std::string_view name;
};
constexpr NamedYardstick kYardsticks[] = {
    {Yardstick::edge_only, "edge-only"},    {Yardstick::cloud_only, "cloud-only"}, {Yardstick::oracle, "oracle"},
    {Yardstick::causal_025, "causal-0.25"}, {Yardstick::causal_05, "causal-0.5"},  {Yardstick::causal_1, "causal-1"},
    {Yardstick::clairvoyant, "clairvoyant"}};

decide::PolicySettings filled(decide::PolicySettings settings) {
  settings.edge_only = settings.table->edge_only();
  settings.plan = settings.edge_only;
  return settings;
}

decide::PolicySettings known_settings(const ReplayRequest& request) {
  decide::PolicySettings settings = filled(request.policy);
  if (request.habits.deadline) settings.constraints.deadline = from_seconds(*request.habits.deadline);
  return settings;
}

decide::PolicySettings true_settings(const ReplayRequest& request) {
  decide::PolicySettings settings = request.policy;
  if (request.world) settings.table = request.world;
  return filled(std::move(settings));
}

std::vector<Seconds> times_of(const ReplayRequest& request) {
  if (!request.times) return arrival_times(request.arrivals, request.bandwidth->length(), request.setting.seed);
  std::vector<Seconds> times = *request.times;
  if (request.arrivals.most > 0 && request.arrivals.most < times.size()) times.resize(request.arrivals.most);
  return times;
}

// Periodic requests last a period each. A file's last as long as they arrive, and at least a second.
Seconds length_of(const ReplayRequest& request, const std::vector<Seconds>& times) {
  const Seconds all = static_cast<double>(times.size()) * (1 / request.arrivals.rate);
  return request.times ? std::max(1.0, times.back()) : std::max(all, times.back());
}

// All contenders, over one World.
class Replay {
 public:
  explicit Replay(const ReplayRequest& request);
  std::vector<Figures> run();

 private:
  void serve_all();
  bool asks_for(Yardstick yardstick) const;
  bool counts(std::size_t request) const;  // False during the warm-up.
  Latencies counted(const std::vector<Seconds>& took) const;
  void add_figures(std::size_t contender, std::vector<Figures>& all);
  Figures figures(const Contender& contender, const Latencies& latencies) const;
  Figures held(const Contender& contender, std::size_t plan) const;
  std::optional<std::size_t> held_plan(Yardstick yardstick) const;

  const ReplayRequest& request_;
  const decide::PolicySettings known_;  // Of the policies.
  const decide::PolicySettings true_;   // The same with the world's table.
  const World world_;
  const std::vector<Seconds> times_;
  const Seconds lasted_;
  const Capacity capacity_;
  std::vector<std::unique_ptr<PolicyContender>> policies_;  // By contender; null for yardsticks and held plans.
  HeldPlans held_;
  std::vector<CausalContender> causal_;  // By kCausalAges.
  std::optional<ClairvoyantContender> clairvoyant_;
};

Replay::Replay(const ReplayRequest& request)
    : request_(request),
      known_(known_settings(request)),
      true_(true_settings(request)),
      world_(true_.table, request.bandwidth, request.cpu, request.setting),
      times_(times_of(request)),
      lasted_(length_of(request, times_)),
      capacity_(capacity(true_, world_, request.cpu)),
      held_(world_) {
  if (asks_for(Yardstick::clairvoyant)) clairvoyant_.emplace(world_, times_);
  for (const Seconds age : kCausalAges) causal_.emplace_back(world_, age, request.habits.patience);
  for (const Contender& contender : request.contenders) {
    const decide::PolicyKind* const kind = std::get_if<decide::PolicyKind>(&contender);
    policies_.push_back(!kind || *kind == decide::PolicyKind::fixed
                            ? nullptr
                            : std::make_unique<PolicyContender>(world_, known_.table, make_policy(*kind, known_),
                                                                request.habits));
  }
}

std::vector<Figures> Replay::run() {
  serve_all();
  std::vector<Figures> all;
  for (std::size_t i = 0; i < request_.contenders.size(); ++i) add_figures(i, all);
  return all;
}

bool Replay::asks_for(Yardstick yardstick) const {
  return std::ranges::find(request_.contenders, Contender(yardstick)) != request_.contenders.end();
}

bool Replay::counts(std::size_t request) const {
  return times_[request] >= std::min(request_.dropped, lasted_ / 10) || times_.size() == 1;
}

void Replay::serve_all() {
  std::vector<RequestTimeline> courses;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    world_.courses(i, times_[i], courses);
    const ReplayedRequest request{times_[i], world_.dice(i), courses, counts(i)};
    for (const auto& policy : policies_)
      if (policy) policy->serve(request);
    for (CausalContender& one : causal_) one.serve(request);
    if (clairvoyant_) clairvoyant_->serve(i);
    held_.serve(request);
  }
  if (clairvoyant_) clairvoyant_->finish();
}

Latencies Replay::counted(const std::vector<Seconds>& took) const {
  Latencies latencies;
  for (std::size_t i = 0; i < took.size(); ++i)
    if (counts(i)) latencies.add(took[i]);
  return latencies;
}

void Replay::add_figures(std::size_t contender, std::vector<Figures>& all) {
  const Contender& who = request_.contenders[contender];
  if (PolicyContender* const policy = policies_[contender].get()) {
    all.push_back(figures(who, policy->latencies()));
    all.back().counters = policy->counters();
    all.back().refused = policy->refused();
    return;
  }
  const Yardstick* const yardstick = std::get_if<Yardstick>(&who);
  if (!yardstick) {
    for (std::size_t plan = 0; plan < world_.plans(); ++plan) all.push_back(held(who, plan));
  } else if (*yardstick == Yardstick::oracle) {
    all.push_back(figures(who, held_.oracle()));
  } else if (*yardstick == Yardstick::clairvoyant) {
    all.push_back(figures(who, counted(clairvoyant_->took())));
  } else if (*yardstick < Yardstick::oracle) {
    if (const auto plan = held_plan(*yardstick)) all.push_back(held(who, *plan));
  } else {
    const CausalContender& causal =
        causal_[static_cast<std::size_t>(*yardstick) - static_cast<std::size_t>(Yardstick::causal_025)];
    all.push_back(figures(who, causal.latencies()));
    all.back().counters = causal.counters();
  }
}

// Of several cloud-only plans with different codecs, the fastest.
std::optional<std::size_t> Replay::held_plan(Yardstick yardstick) const {
  const std::uint32_t cut = yardstick == Yardstick::edge_only ? true_.edge_only.cut : 0;
  const auto& estimates = world_.table().unstressed().estimates;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (estimates[i].plan.cut == cut && (!found || held_.by_plan()[i].sum_ms() < held_.by_plan()[*found].sum_ms()))
      found = i;
  return found;
}

Figures Replay::held(const Contender& contender, std::size_t plan) const {
  Figures one = figures(contender, held_.by_plan()[plan]);
  one.plan = world_.table().unstressed().estimates[plan].plan;
  return one;
}

Figures Replay::figures(const Contender& contender, const Latencies& latencies) const {
  Figures figures{.policy = std::string(name(contender)),
                  .requests = latencies.count(),
                  .lasted = lasted_,
                  .rate = static_cast<double>(times_.size()) / lasted_,
                  .capacity = capacity_};
  if (request_.habits.deadline) figures.late = latencies.above(*request_.habits.deadline * 1e3);
  figures.mean_ms = latencies.mean_ms();
  figures.p50_ms = latencies.quantile_ms(0.5);
  figures.p95_ms = latencies.quantile_ms(0.95);
  figures.p99_ms = latencies.quantile_ms(0.99);
  figures.max_ms = latencies.quantile_ms(1);
  figures.oracle_mean_ms = held_.oracle().mean_ms();
  figures.oracle_p99_ms = held_.oracle().quantile_ms(0.99);
  for (std::size_t age = 0; age < kCausalAges.size(); ++age)
    figures.causal_mean_ms[age] = causal_[age].latencies().mean_ms();
  const std::size_t best = held_.best();
  figures.best_static = {world_.table().unstressed().estimates[best].plan, held_.by_plan()[best].mean_ms()};
  return figures;
}

}  // namespace

Result<Contender> parse_contender(std::string_view text) {
  if (const auto policy = decide::parse_policy(text)) return Contender(*policy);
  std::string known;
  for (const decide::PolicyKind kind : decide::all_policies()) known += std::string(name(kind)) + ", ";
  for (const NamedYardstick& one : kYardsticks) {
    if (one.name == text) return Contender(one.yardstick);
    known += std::string(one.name) + (&one == std::end(kYardsticks) - 1 ? "" : ", ");
  }
  return error(ErrorKind::invalid, "'{}' is not a policy that can be replayed; use {}", text.substr(0, 40), known);
}

std::string_view name(const Contender& contender) {
  if (const decide::PolicyKind* const kind = std::get_if<decide::PolicyKind>(&contender)) return decide::name(*kind);
  return std::ranges::find(kYardsticks, std::get<Yardstick>(contender), &NamedYardstick::yardstick)->name;
}

Result<void> check_world(const table::PartitionTable& known, const table::PartitionTable& world) {
  if (known.edge_only() != world.edge_only())
    return error(ErrorKind::invalid, "the table and the world are of different models; measure both with the same file");
  for (const table::Estimate& one : known.unstressed().estimates)
    if (!world.unstressed().find(one.plan))
      return error(ErrorKind::invalid, "the world lacks cut {} in {}, which the table has; measure the world with it",
                   one.plan.cut, name(one.plan.codec));
  return {};
}

std::vector<Figures> replay(const ReplayRequest& request) {
  return Replay(request).run();
}

}  // namespace tideline::replay
