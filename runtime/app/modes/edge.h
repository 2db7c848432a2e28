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
#include "runtime/app/modes/parts.h"
#include "runtime/base/line_limit.h"
#include "runtime/engine/agent.h"
#include "runtime/http/service.h"
#include "runtime/link/peers.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

class Edge {
 public:
  // Loads models and tables, opens the link, and warms every plan that may be served here. Returns invalid, with the
  // reason, if the config does not fit. If a table cannot be used, logs that and serves its model without one.
  static Result<std::unique_ptr<Edge>> start(const Config& config, const Log& log);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  // Every agent reads once, decides once, and moves its cut at most once.
  void tick(TimePoint now);

  // Takes over tables, policies and the uplink limit of a new config. On error nothing has changed.
  Result<void> reload(const Config& config);

  std::vector<Service::Hosted> hosted() const;
  const Link* link() const { return link_.get(); }
  std::string status() const;  // One line for the service manager.

 private:
  struct ServedModel;
  class Listeners;

  Edge(Log log, int slots);
  Result<void> open(const Config& config);
  Result<void> serve(const Config& config, NamedModel named, std::shared_ptr<const PartitionTable> table,
                     ServedModel& served) const;
  std::shared_ptr<const PartitionTable> table_or_none(const Config& config, const NamedModel& named,
                                                      ServedModel& served) const;
  Result<void> connect(const Config& config);
  std::function<void(const AgentStatus&)> writer(
      const Engine& engine) const;  // Writes decisions; empty without a decision log.
  void expect_precisions() const;
  void warn_of_clouds(ServedModel& served, TimePoint now);

  // In the order of dependence: each member uses those above it.
  const Log log_;
  LineLimit lines_{log_};
  mutable Gate gate_;
  mutable Rehearsals rehearsals_;
  std::unique_ptr<DecisionLog> decisions_;  // Null without edge.decisions.
  std::vector<std::unique_ptr<ServedModel>> served_;
  std::unique_ptr<Listeners> listeners_;
  std::unique_ptr<Link> link_;
  Peers* peers_ = nullptr;  // link_ if it is a Peers, else null.
  std::shared_ptr<SharedSensors> around_;
};

}  // namespace tideline
