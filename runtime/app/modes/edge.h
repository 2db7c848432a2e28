// Edge: all parts of a serving edge: models, link, engines and their agents.
//
//   const auto edge = Edge::start(config, log);
//   if (!edge) return fail(edge.error(), ExitCode::bad_data);
//   (*edge)->tick(Clock::now());                       // Every edge.tick.
//   const auto reloaded = (*edge)->reload(new_config);  // On SIGHUP.
//
// tick() and reload() belong to one thread (the main thread). The parts that hosted() and link() return are
// thread-safe.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/modes/decision_log.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/learner.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/line_limit.h"
#include "runtime/engine/agent.h"
#include "runtime/http/service.h"
#include "runtime/link/peers.h"
#include "runtime/wire/tls_identity.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tideline::modes {

class Edge {
 public:
  // Loads models and tables, opens the link, and warms every plan that may be served here. Returns invalid, with the
  // reason, if the config does not fit. If a table cannot be used, logs that and serves its model without one.
  static Result<std::unique_ptr<Edge>> start(const config::Config& config, const Log& log);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  // Every agent reads once, decides once, and moves its cut at most once. A model whose table has been learned follows
  // it from now on.
  void tick(TimePoint now);

  // Takes over tables, policies, the uplink limit and the certificates of a new config. On error nothing has changed.
  Result<void> reload(const config::Config& config);

  std::vector<http::Service::Hosted> hosted() const;
  const link::Link* link() const { return link_.get(); }
  const wire::TlsIdentity& identity() const { return identity_; }
  std::string status() const;  // One line for the service manager.

 private:
  struct ServedModel;
  class Listeners;

  Edge(Log log, const config::Config& config);
  Result<void> open(const config::Config& config);
  Result<void> serve(const config::Config& config, NamedModel named,
                     const std::shared_ptr<const table::PartitionTable>& table, ServedModel& served) const;
  std::shared_ptr<const table::PartitionTable> table_or_none(const config::Config& config, const NamedModel& named,
                                                             ServedModel& served) const;
  Result<void> connect(const config::Config& config);
  // Returns the policy of that model; until its table is learned, it holds edge-only.
  Result<engine::Agent::Rule> rule_of(const config::Config& config, const NamedModel& named,
                                      std::shared_ptr<const table::PartitionTable> table) const;
  void follow(ServedModel& served, engine::Agent::Rule rule);
  bool learns(const config::Config& config, const ServedModel& served, const table::PartitionTable* given) const;
  void learn(const config::Config& config, ServedModel& served, const table::PartitionTable* given);
  void end_learning(ServedModel& served);
  void take_learned(ServedModel& served);
  std::function<void(const engine::AgentStatus&)> writer(
      const engine::Engine& engine) const;  // Writes decisions; empty without a decision log.
  // Warns if the default accuracy allows no steps because too few real inputs were measured.
  void warn_of_accuracy(const std::string& name, const plan::Constraints& constraints) const;
  void expect_precisions() const;
  void warn_of_clouds(ServedModel& served, TimePoint now);
  void tell_of_rounding(TimePoint now);
  void account(TimePoint now);  // Tells the dispatcher, once a second, what the process computes.

  // In the order of dependence: each member uses those above it.
  const Log log_;
  LineLimit lines_{log_};
  const Machine machine_;
  config::Config config_;                      // That of the start or of the last reload.
  std::map<std::string, std::uint64_t> told_;  // By peer: its number of connects when its rounding was last compared.
  mutable Gate gate_;
  mutable engine::Rehearsals rehearsals_;
  mutable engine::StreamReferences streams_;
  mutable engine::SharedDispatcher dispatcher_;
  TimePoint next_account_;
  std::unique_ptr<DecisionLog> decisions_;  // Null without edge.decisions.
  std::vector<std::unique_ptr<ServedModel>> served_;
  std::unique_ptr<Listeners> listeners_;
  wire::TlsIdentity identity_;  // Constant after open().
  std::unique_ptr<link::Link> link_;
  link::Peers* peers_ = nullptr;  // link_ if it is a Peers, else null.
  std::shared_ptr<monitor::SharedSensors> around_;
  std::map<const ServedModel*, std::unique_ptr<Learner>> learners_;  // Of models without a given table.
};

}  // namespace tideline::modes
