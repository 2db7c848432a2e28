#include "policy/replay/replay.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tideline::replay {
namespace {

struct NamedWho {
  Who who;
  std::string_view name;
};
constexpr NamedWho kWho[] = {
    {Who::adaptive, "adaptive"},      {Who::table, "table"},           {Who::fixed, "static"},
    {Who::edge_only, "edge-only"},    {Who::cloud_only, "cloud-only"}, {Who::oracle, "oracle"},
    {Who::causal_025, "causal-0.25"}, {Who::causal_05, "causal-0.5"},  {Who::causal_1, "causal-1"}};

// What one way of serving took, request by request.
struct Tally {
  std::vector<float> ms;
  double sum = 0;
  void add(Seconds took) {
    ms.push_back(static_cast<float>(took * 1e3));
    sum += took * 1e3;
  }
  double mean() const { return ms.empty() ? 0 : sum / static_cast<double>(ms.size()); }
};

double quantile(std::vector<float> values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

// Knows the truth of `age` ago: the plan that is best if all has stayed so, and what is left of it after sending.
Intent causal(const World& world, Seconds at, Seconds age) {
  const Seconds then = std::max(0.0, at - age);
  const double slow = world.slowdown(then);
  Intent intent;
  Seconds best = std::numeric_limits<double>::infinity(), whole = best;
  for (std::size_t i = 0; i < world.plans(); ++i) {
    const Seconds took = world.steady(i, then);
    if (!world.sends(i)) whole = took;
    if (took < best) best = took, intent.plan = i;
  }
  const Seconds head = world.true_head(intent.plan) * slow;
  if (world.sends(intent.plan) && std::isfinite(best) && std::isfinite(whole))
    intent.rest = Rest{from_seconds(best - head), from_seconds(std::max(0.0, whole - head))};
  return intent;
}

// Everybody who takes part in one replay.
class Contest {
 public:
  explicit Contest(const Question& question);
  std::vector<Figures> run();

 private:
  void serve(std::uint64_t request, Seconds at, bool counts);
  Figures figures(Who who, const Tally& tally, std::optional<Plan> plan, const Counters& counters) const;
  std::size_t place(Who who) const;

  struct Taking {
    std::unique_ptr<Rule> rule;
    std::unique_ptr<Player> player;
    Tally tally;
  };
  struct Causal {
    RaceBudget budget;
    Counters counters;
    Tally tally;
    std::size_t last = 0;
  };

  const Question& asked_;
  const World world_;
  std::vector<Course> courses_;
  std::vector<Taking> players_;  // By place in asked_.who; those who are none have no player.
  std::vector<Tally> fixed_;     // By plan.
  Tally oracle_;
  std::array<Causal, kCausalAges.size()> causal_;
  Seconds lasted_ = 0;
};

Contest::Contest(const Question& question)
    : asked_(question), world_(question.table, question.bandwidth, question.cpu, question.setting) {
  fixed_.resize(world_.plans());
  for (const Who who : question.who) {
    Taking& taking = players_.emplace_back();
    if (who == Who::adaptive) taking.rule = adaptive_rule(question.table, question.adaptive);
    if (who == Who::table) taking.rule = table_rule(question.table, question.adaptive.hysteresis);
    if (taking.rule) taking.player = std::make_unique<Player>(world_, *taking.rule, question.habits);
  }
}

void Contest::serve(std::uint64_t request, Seconds at, bool counts) {
  world_.courses(request, at, courses_);
  for (Taking& taking : players_)
    if (taking.player)
      if (const Seconds took = taking.player->serve(at, courses_); counts) taking.tally.add(took);
  for (std::size_t age = 0; age < kCausalAges.size(); ++age) {
    Causal& one = causal_[age];
    const Intent intent = causal(world_, at, kCausalAges[age]);
    const Course& course = courses_[intent.plan];
    std::optional<Duration> late;
    if (intent.rest) late = late_after(intent.rest->remote, intent.rest->local);
    const Seconds dark = world_.dark_after(course.sent, course.uploaded, asked_.habits.patience);
    const Seconds took = world_.sends(intent.plan)
                             ? raced(course, at, late, dark, asked_.habits, one.budget, one.counters)
                             : course.answer - at;
    if (intent.plan != std::exchange(one.last, intent.plan)) ++one.counters.moves;
    if (counts) one.tally.add(took);
  }
  if (!counts) return;
  Seconds least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < courses_.size(); ++i) {
    const Seconds took = courses_[i].answer - at;
    fixed_[i].add(took);
    least = std::min(least, took);
  }
  oracle_.add(least);
}

std::vector<Figures> Contest::run() {
  const Seconds period = 1 / asked_.rate, length = asked_.bandwidth->length();
  auto requests = static_cast<std::uint64_t>(length * asked_.rate);
  if (asked_.most > 0) requests = asked_.most;
  requests = std::max<std::uint64_t>(requests, 1);
  lasted_ = static_cast<double>(requests) * period;
  const Seconds dropped = std::min(asked_.dropped, lasted_ / 10);
  for (std::uint64_t i = 0; i < requests; ++i) {
    const Seconds at = static_cast<double>(i) * period;
    serve(i, at, at >= dropped || requests == 1);
  }
  std::vector<Figures> all;
  for (std::size_t i = 0; i < asked_.who.size(); ++i) {
    const Who who = asked_.who[i];
    const auto& estimates = asked_.table->unstressed().estimates;
    if (players_[i].player) {
      all.push_back(figures(who, players_[i].tally, std::nullopt, players_[i].player->counters()));
    } else if (who == Who::oracle) {
      all.push_back(figures(who, oracle_, std::nullopt, {}));
    } else if (who == Who::fixed) {
      for (std::size_t p = 0; p < fixed_.size(); ++p) all.push_back(figures(who, fixed_[p], estimates[p].plan, {}));
    } else if (who == Who::edge_only || who == Who::cloud_only) {
      if (const std::size_t p = place(who); p < fixed_.size())
        all.push_back(figures(who, fixed_[p], estimates[p].plan, {}));
    } else {
      const auto age = static_cast<std::size_t>(who) - static_cast<std::size_t>(Who::causal_025);
      all.push_back(figures(who, causal_[age].tally, std::nullopt, causal_[age].counters));
    }
  }
  return all;
}

// Of several cloud-only plans, with a codec each, the one that took least.
std::size_t Contest::place(Who who) const {
  const std::uint32_t cut = who == Who::edge_only ? asked_.table->edge_only().cut : 0;
  std::size_t found = fixed_.size();
  for (std::size_t i = 0; i < fixed_.size(); ++i)
    if (asked_.table->unstressed().estimates[i].plan.cut == cut &&
        (found == fixed_.size() || fixed_[i].sum < fixed_[found].sum))
      found = i;
  return found;
}

Figures Contest::figures(Who who, const Tally& tally, std::optional<Plan> plan, const Counters& counters) const {
  Figures figures{.policy = std::string(name(who)), .plan = std::move(plan), .counters = counters};
  figures.requests = tally.ms.size();
  figures.lasted = lasted_;
  figures.mean_ms = tally.mean();
  figures.p50_ms = quantile(tally.ms, 0.5);
  figures.p95_ms = quantile(tally.ms, 0.95);
  figures.p99_ms = quantile(tally.ms, 0.99);
  figures.oracle_mean_ms = oracle_.mean();
  figures.oracle_p99_ms = quantile(oracle_.ms, 0.99);
  for (std::size_t age = 0; age < kCausalAges.size(); ++age) figures.causal_mean_ms[age] = causal_[age].tally.mean();
  const auto best = static_cast<std::size_t>(std::ranges::min_element(fixed_, {}, &Tally::sum) - fixed_.begin());
  figures.best_static = {asked_.table->unstressed().estimates[best].plan, fixed_[best].mean()};
  return figures;
}

}  // namespace

Result<Who> parse_who(std::string_view text) {
  std::string known;
  for (const NamedWho& one : kWho) {
    if (one.name == text) return one.who;
    known += (known.empty() ? "" : ", ") + std::string(one.name);
  }
  return error(ErrorKind::invalid, "'{}' is not a policy that can be replayed; use {}", text.substr(0, 40), known);
}

std::string_view name(Who who) {
  for (const NamedWho& one : kWho)
    if (one.who == who) return one.name;
  return "unknown";
}

std::vector<Figures> replay(const Question& question) {
  return Contest(question).run();
}

}  // namespace tideline::replay
