#include "runtime/app/modes/edge.h"

#include "runtime/app/modes/certificate_watch.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/cloud_differences.h"
#include "runtime/app/modes/image_of_model.h"
#include "runtime/app/modes/learning_campaign.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/load_table.h"
#include "runtime/app/modes/queue_of.h"
#include "runtime/app/modes/why_not_held.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/thread_time.h"
#include "runtime/engine/kept_inputs.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <map>
#include <random>
#include <utility>

namespace tideline::modes {
namespace {

constexpr std::size_t kMostKeptInputs = 128;

}  // namespace

// One model with the parts that serve it.
struct Edge::ServedModel {
  NamedModel named;
  std::unique_ptr<monitor::Traffic> traffic;
  std::unique_ptr<engine::KeptInputs> kept;  // Null: inputs are not kept.
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<monitor::Monitor> monitor;
  std::unique_ptr<engine::Agent> agent;
  std::string table_fault;                               // Why the given table is not used; empty if it is used.
  std::shared_ptr<const table::PartitionTable> learned;  // Null: not yet, or a table was given.
  std::optional<Precision> cloud_precision;              // In which the cloud computed for the table; absent: any.
  Machine measured_cloud;                                // The cloud of the table; empty without one.
  std::map<std::string, std::uint64_t> warned;     // By peer: its number of connects at the last warning about it.
  Slot<engine::LearningStatus> learning{nullptr};  // Null: it measures nothing itself.
};

// Passes the link's measurements to every model's traffic.
class Edge::Listeners final : public link::LinkListener {
 public:
  explicit Listeners(std::vector<monitor::Traffic*> all) : all_(std::move(all)) {}
  void on_sample(const plan::LinkSample& sample) override {
    for (monitor::Traffic* const one : all_) one->on_sample(sample);
  }

 private:
  const std::vector<monitor::Traffic*> all_;
};

Edge::Edge(Log log, const config::Config& config)
    : log_(std::move(log)),
      machine_(fingerprint(config)),
      config_(config),
      gate_(config.compute.slots),
      streams_({.memory = config.edge.stream_memory}),
      dispatcher_({.edge = config.compute.slots}, compute_threads(config)) {}
Edge::~Edge() = default;

Result<std::unique_ptr<Edge>> Edge::start(const config::Config& config, const Log& log) {
  std::unique_ptr<Edge> edge(new Edge(log, config));
  if (const auto opened = edge->open(config); !opened) return opened.error();
  return edge;
}

Result<void> Edge::open(const config::Config& config) {
  auto models = load_models(config, Load::within_budget);
  if (!models) return models.error();
  std::vector<std::shared_ptr<const table::PartitionTable>> tables;
  std::vector<monitor::Traffic*> traffics;
  const auto sent = std::make_shared<monitor::SentBytes>();
  if (config.edge.decisions) {
    auto lines = open_decision_log(*config.edge.decisions, config.edge.decisions_size);
    if (!lines) return lines.error();
    decisions_ = std::make_unique<DecisionLog>(*std::move(lines), log_);
  }
  for (const NamedModel& named : *models) {
    served_.push_back(std::make_unique<ServedModel>());
    tables.push_back(table_or_none(config, named, *served_.back()));
    served_.back()->traffic = std::make_unique<monitor::Traffic>(tables.back(), sent);
    traffics.push_back(served_.back()->traffic.get());
  }
  listeners_ = std::make_unique<Listeners>(std::move(traffics));
  if (!config.edge.peers.empty())
    if (const auto connected = connect(config); !connected) return connected;
  if (config.edge.peers.empty())
    log_->warn(
        "there is no cloud, so all layers run here; start agent --cloud with the same model, and give --peer "
        "HOST:PORT");
  around_ = std::make_shared<monitor::SharedSensors>(monitor::SharedSensors::Options{}, link_.get());
  for (std::size_t i = 0; i < models->size(); ++i)
    if (const auto ready = serve(config, std::move((*models)[i]), tables[i], *served_[i]); !ready) return ready;
  expect_precisions();
  for (std::size_t i = 0; i < served_.size(); ++i) learn(config, *served_[i], tables[i].get());
  return {};
}

// A bad table stops no model: its own model is served without a table.
std::shared_ptr<const table::PartitionTable> Edge::table_or_none(const config::Config& config, const NamedModel& named,
                                                                 ServedModel& served) const {
  auto table = load_table(config, named);
  if (table) return *std::move(table);
  served.table_fault = table.error().message;
  log_->error("{}: cannot use its table, so the cut does not move: {}; fix it and send SIGHUP", named.name,
              served.table_fault);
  return nullptr;
}

// A single cloud without edge.reconnect_after needs no load balancing.
Result<void> Edge::connect(const config::Config& config) {
  auto identity = edge_identity(config, wire::TlsContext::Dates::whenever);
  if (!identity) return identity.error();
  identity_ = *std::move(identity);
  link::Peers::Options options{.reconnect_after = config.edge.reconnect_after, .seed = std::random_device()()};
  for (const wire::Endpoint& peer : config.edge.peers) options.peers.push_back(link_options(config, peer, identity_));
  if (options.peers.size() == 1 && !options.reconnect_after) {
    link_ = std::make_unique<link::TcpLink>(std::move(options.peers.front()), listeners_.get(), log_);
  } else {
    auto peers = std::make_unique<link::Peers>(std::move(options), listeners_.get(), log_);
    peers_ = peers.get();
    link_ = std::move(peers);
  }
  link_->limit(config.edge.uplink_limit);
  return {};
}

void Edge::warn_of_accuracy(const std::string& name, const plan::Constraints& constraints) const {
  const std::optional<plan::AccuracyLimit>& accuracy = constraints.accuracy;
  if (!accuracy || !accuracy->is_default() || accuracy->inputs_of_steps() >= plan::kDefaultInputs) return;
  if (!accuracy->has_steps()) return;
  log_->warn("{}: {}; only plans that lose nothing are served; profile again with --inputs DIR, or set edge.min_top1",
             name, to_string(*accuracy));
}

void Edge::expect_precisions() const {
  if (!peers_) return;
  std::map<std::string, Precision> precisions;
  for (const auto& served : served_)
    if (served->cloud_precision) precisions.emplace(served->named.model->digest(), *served->cloud_precision);
  peers_->expect(std::move(precisions));
}

Result<void> Edge::serve(const config::Config& config, NamedModel named,
                         const std::shared_ptr<const table::PartitionTable>& table, ServedModel& served) const {
  auto rule = rule_of(config, named, table);
  if (!served.table_fault.empty()) {
    config::Config holds = config;
    holds.edge.policy = decide::PolicyKind::fixed;
    rule = rule_of(holds, named, table);
  }
  if (!rule) return rule.error();
  rule->table_fault = served.table_fault;
  if (!named.model->holds_all())
    log_->warn("{}; the rest runs only in the cloud, so requests fail while it is away", held_text(config, named));
  warn_of_accuracy(named.name, rule->policy->constraints());

  if (config.edge.learn_memory.count > 0 && link_)
    served.kept = std::make_unique<engine::KeptInputs>(engine::KeptInputs::Options{.memory = config.edge.learn_memory,
                                                                                   .enough = plan::kDefaultInputs,
                                                                                   .most = kMostKeptInputs,
                                                                                   .files = named.image != nullptr});
  auto engine = engine::Engine::start(named.name,
                                      {.model = named.model,
                                       .image = named.image,
                                       .link = link_.get(),
                                       .traffic = served.traffic.get(),
                                       .compute = &gate_,
                                       .rehearsals = &rehearsals_,
                                       .streams = &streams_,
                                       .dispatcher = &dispatcher_,
                                       .kept = served.kept.get(),
                                       .patience = config.edge.patience,
                                       .priority = priority_of(config, named.name)},
                                      deepest_plan(*named.model));
  if (!engine) return engine.error();
  served.engine = *std::move(engine);
  for (const plan::Plan& plan : plans_to_warm(config, *named.model, table.get()))
    if (plan.cut == named.model->last_cut() || link_)
      if (const auto warmed = served.engine->warm(plan); !warmed) return warmed;

  served.monitor = std::make_unique<monitor::Monitor>(named.model->digest(), *served.traffic, link_.get(), around_);
  served.cloud_precision = wanted_of_cloud(config, table.get());
  served.monitor->expect(served.cloud_precision);
  served.measured_cloud = table ? table->origin().cloud : Machine{};
  served.agent = std::make_unique<engine::Agent>(engine::Agent::Parts{.engine = served.engine.get(),
                                                                      .monitor = served.monitor.get(),
                                                                      .traffic = served.traffic.get(),
                                                                      .log = log_,
                                                                      .on_decision = writer(*served.engine)},
                                                 *std::move(rule));
  served.named = std::move(named);
  return {};
}

bool Edge::learns(const config::Config& config, const ServedModel& served, const table::PartitionTable* given) const {
  const bool holds = config.edge.policy ? !needs_table(*config.edge.policy) : config.edge.cut.has_value();
  return config.edge.learn && !holds && !given && served.table_fault.empty() && link_;
}

Result<engine::Agent::Rule> Edge::rule_of(const config::Config& config, const NamedModel& named,
                                          std::shared_ptr<const table::PartitionTable> table) const {
  config::Config until_learned = config;
  if (!table && config.edge.learn && link_ && why_not_learned(config, named).empty())
    until_learned.edge.policy = decide::PolicyKind::fixed;
  auto chosen = choose_policy(until_learned, named, table);
  if (!chosen) return chosen.error();
  return engine::Agent::Rule{*std::move(chosen), std::move(table), {}};
}

void Edge::follow(ServedModel& served, engine::Agent::Rule rule) {
  served.traffic->relate_to(rule.table);
  served.cloud_precision = wanted_of_cloud(config_, rule.table.get());
  served.monitor->expect(served.cloud_precision);
  served.measured_cloud = rule.table ? rule.table->origin().cloud : Machine{};
  served.warned.clear();
  served.agent->follow(std::move(rule));
}

// Begins to measure a model for which no table is given, or ends that.
void Edge::learn(const config::Config& config, ServedModel& served, const table::PartitionTable* given) {
  if (!learns(config, served, given)) {
    end_learning(served);
    if (!given && !served.learned && served.table_fault.empty())
      log_->warn("{}: there is no table, so the cut does not move; measure one with --profile, and give --table",
                 served.named.name);
    return;
  }
  if (const std::string why = why_not_learned(config, served.named); !why.empty()) {
    log_->warn(
        "{}: there is no table, so the cut does not move, and it cannot be measured here: {}; measure one with "
        "--profile, and give --table",
        served.named.name, why);
    return;
  }
  const auto running = learners_.find(&served);
  if (running != learners_.end() && !running->second->has_ended() &&
      running->second->limits() == learning_limits(config))
    return;
  end_learning(served);
  if (!served.learned)
    log_->info("{}: there is no table, so all layers run here until its plans have been measured", served.named.name);
  if (served.kept) served.kept->keep(true);
  learners_[&served] = std::make_unique<Learner>(LearningParts{.config = config,
                                                               .named = served.named,
                                                               .link = link_.get(),
                                                               .traffic = served.traffic.get(),
                                                               .compute = &gate_,
                                                               .engine = served.engine.get(),
                                                               .kept = served.kept.get(),
                                                               .told = &served.learning,
                                                               .log = log_});
}

void Edge::end_learning(ServedModel& served) {
  learners_.erase(&served);
  if (served.kept) served.kept->keep(false);
  served.learning.publish(nullptr);
}

void Edge::take_learned(ServedModel& served) {
  const auto learner = learners_.find(&served);
  if (learner == learners_.end()) return;
  auto table = learner->second->take();
  if (!table) return;
  auto rule = rule_of(config_, served.named, table);
  if (!rule) {
    log_->error("{}: cannot move the cut by what was measured: {}", served.named.name, rule.error().message);
    return;
  }
  served.learned = std::move(table);
  follow(served, *std::move(rule));
  expect_precisions();
}

std::function<void(const engine::AgentStatus&)> Edge::writer(const engine::Engine& engine) const {
  if (!decisions_) return {};
  return [this, &engine](const engine::AgentStatus& status) {
    decisions_->write(engine.name(), status, engine.model().cuts(), Clock::now());
  };
}

void Edge::tick(TimePoint now) {
  account(now);
  for (const auto& served : served_) {
    take_learned(*served);
    served->agent->tick(now);
    warn_of_clouds(*served, now);
  }
  tell_of_rounding(now);
}

// A quota may change while the edge serves.
void Edge::account(TimePoint now) {
  if (now < next_account_) return;
  next_account_ = now + std::chrono::seconds(1);
  const auto room = cpu_room({});
  dispatcher_.account({.process = process_time(), .cores = room ? room->capacity : 0}, now);
}

// Warns once per connect of a cloud.
void Edge::warn_of_clouds(ServedModel& served, TimePoint now) {
  const std::vector<link::PeerState>& peers = around_->peers(now);
  const bool several = peers.size() > 1;
  const auto warn = [&](std::string_view kind, const std::string& why) {
    if (!why.empty()) lines_.warn(kind, fmt::format("{}: {}", served.named.name, why));
  };
  for (const auto& [cloud, standing] : peers) {
    if (!cloud.up || std::exchange(served.warned[cloud.peer], cloud.connects) == cloud.connects) continue;
    if (const std::string why = why_not_held(cloud, served.named); !why.empty())
      warn("no_model", fmt::format("{}; until then it {}", why,
                                   several ? "serves without that cloud" : "serves without the cloud"));
    if (served.cloud_precision) warn("precision", other_precision(cloud, *served.cloud_precision, several));
    warn("architecture", other_architecture(cloud, served.measured_cloud));
  }
}

// Once per connect of a cloud, too.
void Edge::tell_of_rounding(TimePoint now) {
  for (const auto& [cloud, standing] : around_->peers(now)) {
    if (!cloud.up || std::exchange(told_[cloud.peer], cloud.connects) == cloud.connects) continue;
    if (const std::string how = other_rounding(cloud, machine_); !how.empty()) lines_.info("rounding", how);
  }
}

Result<void> Edge::reload(const config::Config& config) {
  auto tls = read_again(config, identity_);
  if (!tls) return tls.error();
  std::vector<engine::Agent::Rule> rules;
  std::vector<bool> given;
  for (const auto& served : served_) {
    auto table = load_table(config, served->named);
    if (!table) return table.error();
    given.push_back(*table != nullptr);
    auto rule = rule_of(config, served->named, *table ? *table : served->learned);
    if (!rule) return rule.error();
    warn_of_accuracy(served->named.name, rule->policy->constraints());
    rules.push_back(*std::move(rule));
  }
  config_ = config;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    ServedModel& served = *served_[i];
    served.table_fault.clear();
    if (given[i]) served.learned = nullptr;
    learn(config, served, given[i] ? rules[i].table.get() : nullptr);
    follow(served, std::move(rules[i]));
  }
  expect_precisions();
  if (*tls) identity_.take(*std::move(tls));
  if (link_) link_->limit(config.edge.uplink_limit);
  return {};
}

std::vector<http::Service::Hosted> Edge::hosted() const {
  std::vector<http::Service::Hosted> hosted;
  hosted.reserve(served_.size());
  for (const auto& served : served_)
    hosted.push_back({served->engine.get(), served->agent.get(), vision_of(served->named), &served->learning});
  return hosted;
}

std::string Edge::status() const {
  std::string text;
  for (const auto& served : served_) {
    const auto now = served->agent->status();
    text += fmt::format("{}{}: cut {} of {}", text.empty() ? "" : ", ", served->named.name, now->plan.cut,
                        served->named.model->last_cut());
    if (!now->table_fault.empty()) text += " (its table cannot be used)";
    if (now->now.uplink) text += fmt::format(", uplink {}", to_string(*now->now.uplink));
  }
  if (!link_) return text;
  if (const link::LinkState cloud = link_->state(); !cloud.up) text += fmt::format(", without a cloud: {}", cloud.why);
  if (const std::string remark = certificate_remark(identity_, std::chrono::system_clock::now()); !remark.empty())
    text += ", " + remark;
  return text;
}

}  // namespace tideline::modes
