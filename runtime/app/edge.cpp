#include "runtime/app/edge.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace tideline {

// One model with all that serves it.
struct Edge::Served {
  NamedModel named;
  std::unique_ptr<Traffic> traffic;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Monitor> monitor;
  std::unique_ptr<Agent> agent;
  std::optional<Precision> cloud_precision;  // With which the plans were measured; absent: any will do.
  std::uint64_t warned = 0;                  // At which of the link's connects.
};

// Passes what the link learns to every model's traffic.
class Edge::Listeners final : public LinkListener {
 public:
  explicit Listeners(std::vector<Traffic*> all) : all_(std::move(all)) {}
  void on_sample(const LinkSample& sample) override {
    for (Traffic* const one : all_) one->on_sample(sample);
  }

 private:
  const std::vector<Traffic*> all_;
};

namespace {

struct ChosenPolicy {
  std::shared_ptr<const Policy> policy;
  std::string name;
};

bool asks_accuracy(const Config& config) {
  return config.edge.min_top1 || config.edge.max_error;
}

// What is known of a plan goes for one precision of the cloud only.
std::optional<Precision> wanted_of_cloud(const Config& config, const PartitionTable* table) {
  if (table) return table->origin().precisions.cloud;
  return asks_accuracy(config) ? std::optional(Precision::fp32) : std::nullopt;
}

Error not_accurate(const Plan& plan, const Accuracy& accuracy, const std::string& name) {
  const auto found = accuracy.measured.find(plan);
  return error(ErrorKind::invalid,
               "cut {} ({}) of {} does not keep edge.min_top1 and edge.max_error: it was {}; ask for less, or set "
               "compute.precision or the codec to fp32",
               plan.cut, tideline::name(plan.codec), name,
               found == accuracy.measured.end() ? "not measured" : "measured with " + to_string(found->second));
}

// What fails when the cloud is away is finished here, so that edge-only has to be as accurate as all else.
Result<Constraints> constraints_of(const Config& config, const NamedModel& named, const PartitionTable* table) {
  if (!asks_accuracy(config)) return Constraints{};
  Accuracy accuracy{.min_top1 = config.edge.min_top1, .max_error = config.edge.max_error};
  accuracy.precisions = {named.model->precision(), wanted_of_cloud(config, table).value_or(Precision::fp32)};
  accuracy.last_cut = named.model->last_cut();
  if (table)
    for (const Estimate& e : table->unstressed().estimates)
      if (e.agreement) accuracy.measured.emplace(e.plan, *e.agreement);
  const Plan edge_only{named.model->digest(), named.model->last_cut(), Codec::fp32};
  if (!accuracy.allows(edge_only)) return not_accurate(edge_only, accuracy, named.name);
  return Constraints{.accuracy = std::move(accuracy)};
}

Result<ChosenPolicy> choose_policy(const Config& config, const NamedModel& named,
                                   const std::shared_ptr<const PartitionTable>& table) {
  auto constraints = constraints_of(config, named, table.get());
  if (!constraints) return constraints.error();
  const std::uint32_t last = named.model->last_cut();
  const Plan edge_only{named.model->digest(), last, Codec::fp32};
  if (config.edge.policy.value_or(table ? PolicyName::table : PolicyName::fixed) == PolicyName::table) {
    if (!table)
      return error(ErrorKind::invalid,
                   "the policy table needs a table for {}; measure one with --profile and give it with --table",
                   named.name);
    return ChosenPolicy{std::make_shared<TablePolicy>(table, config.edge.hysteresis, *std::move(constraints)), "table"};
  }
  const std::uint32_t cut = config.edge.cut.value_or(last);
  if (cut > last)
    return error(ErrorKind::invalid, "{} has no cut {}; its cuts are 0 (cloud-only) to {} (edge-only); see --inspect",
                 named.name, cut, last);
  if (cut < last && !config.edge.peer)
    return error(ErrorKind::invalid, "cut {} of {} needs a cloud; give one with --peer HOST:PORT", cut, named.name);
  const Plan plan{named.model->digest(), cut, cut == last ? Codec::fp32 : config.edge.codec};
  if (!constraints->allows(plan)) return not_accurate(plan, *constraints->accuracy, named.name);
  return ChosenPolicy{std::make_shared<StaticPolicy>(plan, edge_only, *std::move(constraints)), "static"};
}

// Every plan that may be served, so that none is slow when it first is.
std::vector<Plan> plans_to_warm(const Config& config, const Model& model, const PartitionTable* table) {
  std::vector<Plan> plans{{model.digest(), model.last_cut(), Codec::fp32}};
  if (table)
    for (const Estimate& e : table->unstressed().estimates) plans.push_back(e.plan);
  if (config.edge.cut) plans.push_back({model.digest(), *config.edge.cut, config.edge.codec});
  return plans;
}

}  // namespace

Edge::Edge(Log log, int slots) : log_(std::move(log)), gate_(slots) {}
Edge::~Edge() = default;

Result<std::unique_ptr<Edge>> Edge::start(const Config& config, const Log& log) {
  std::unique_ptr<Edge> edge(new Edge(log, config.compute.slots));
  if (const auto opened = edge->open(config); !opened) return opened.error();
  return edge;
}

Result<void> Edge::open(const Config& config) {
  auto models = load_models(config);
  if (!models) return models.error();
  std::vector<std::shared_ptr<const PartitionTable>> tables;
  std::vector<Traffic*> traffics;
  for (const NamedModel& named : *models) {
    const auto table = load_table(config, named);
    if (!table) return table.error();
    tables.push_back(*table);
    served_.push_back(std::make_unique<Served>());
    served_.back()->traffic = std::make_unique<Traffic>(*table);
    traffics.push_back(served_.back()->traffic.get());
  }
  listeners_ = std::make_unique<Listeners>(std::move(traffics));
  if (config.edge.peer) {
    link_ = std::make_unique<TcpLink>(TcpLink::Options{.peer = *config.edge.peer}, listeners_.get(), log_);
    link_->limit(config.edge.uplink_limit);
  }
  for (std::size_t i = 0; i < models->size(); ++i)
    if (const auto ready = serve(config, std::move((*models)[i]), tables[i], *served_[i]); !ready) return ready;
  return {};
}

Result<void> Edge::serve(const Config& config, NamedModel named, std::shared_ptr<const PartitionTable> table,
                         Served& served) const {
  const auto chosen = choose_policy(config, named, table);
  if (!chosen) return chosen.error();
  if (!table) log_->warn("{}: there is no table, so the cut does not move; measure one with --profile", named.name);

  const Plan edge_only{named.model->digest(), named.model->last_cut(), Codec::fp32};
  auto engine = Engine::start(named.name,
                              {.model = named.model,
                               .link = link_.get(),
                               .traffic = served.traffic.get(),
                               .compute = &gate_,
                               .patience = config.edge.patience},
                              edge_only);
  if (!engine) return engine.error();
  served.engine = *std::move(engine);
  for (const Plan& plan : plans_to_warm(config, *named.model, table.get()))
    if (plan.cut == named.model->last_cut() || link_)
      if (const auto warmed = served.engine->warm(plan); !warmed) return warmed;

  served.monitor = std::make_unique<Monitor>(Monitor::Options{}, named.model->digest(), *served.traffic, link_.get());
  served.cloud_precision = wanted_of_cloud(config, table.get());
  served.monitor->expect(served.cloud_precision);
  served.agent = std::make_unique<Agent>(
      Agent::Parts{
          .engine = served.engine.get(), .monitor = served.monitor.get(), .traffic = served.traffic.get(), .log = log_},
      Agent::Rule{chosen->policy, chosen->name, table});
  served.named = std::move(named);
  return {};
}

void Edge::tick(TimePoint now) {
  for (const auto& served : served_) {
    served->agent->tick(now);
    warn_of_precision(*served);
  }
}

// Once for each time that the cloud came.
void Edge::warn_of_precision(Served& served) const {
  if (!link_ || !served.cloud_precision) return;
  const LinkState cloud = link_->state();
  const bool other = cloud.up && cloud.precision != *served.cloud_precision;
  if (!other || std::exchange(served.warned, cloud.connects) == cloud.connects) return;
  log_->warn(
      "{}: the cloud at {} computes in {} and its plans are known for {} alone, so the edge serves alone; measure "
      "again with --profile, or start the cloud with --precision {}",
      served.named.name, cloud.peer, name(cloud.precision), name(*served.cloud_precision),
      name(*served.cloud_precision));
}

Result<void> Edge::reload(const Config& config) {
  std::vector<Agent::Rule> rules;
  for (const auto& served : served_) {
    auto table = load_table(config, served->named);
    if (!table) return table.error();
    auto chosen = choose_policy(config, served->named, *table);
    if (!chosen) return chosen.error();
    rules.push_back({chosen->policy, chosen->name, *table});
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    served_[i]->traffic->relate_to(rules[i].table);
    served_[i]->cloud_precision = wanted_of_cloud(config, rules[i].table.get());
    served_[i]->monitor->expect(served_[i]->cloud_precision);
    served_[i]->agent->follow(std::move(rules[i]));
  }
  if (link_) link_->limit(config.edge.uplink_limit);
  return {};
}

std::vector<Service::Hosted> Edge::hosted() const {
  std::vector<Service::Hosted> hosted;
  for (const auto& served : served_) hosted.push_back({served->engine.get(), served->agent.get()});
  return hosted;
}

std::string Edge::status() const {
  std::string text;
  for (const auto& served : served_) {
    const auto now = served->agent->status();
    text += fmt::format("{}{}: cut {} of {}", text.empty() ? "" : ", ", served->named.name, now->plan.cut,
                        served->named.model->last_cut());
    if (now->now.uplink) text += fmt::format(", uplink {}", to_string(*now->now.uplink));
  }
  return text;
}

}  // namespace tideline
