// Edge: everything that --serve keeps alive: models, link, engines and their agents.
//
// tick() and reload() belong to one thread (the main thread); the parts that hosted() and link() give are thread-safe.
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
  // Loads everything and warms every plan that may be served here. Returns invalid with what in the config does not
  // fit. A table that cannot be used is logged, and its model is served without.
  static Result<std::unique_ptr<Edge>> start(const Config& config, const Log& log);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  // Every agent looks once, decides once, and moves at most once.
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
      const Engine& engine) const;  // Of decisions; empty where none is kept.
  void expect_precisions() const;
  void warn_of_clouds(ServedModel& served, TimePoint now);

  // In the order of dependence: each uses those above it.
  const Log log_;
  LineLimit lines_{log_};
  mutable Gate gate_;
  mutable Rehearsals rehearsals_;
  std::unique_ptr<DecisionLog> decisions_;  // Null where none is kept.
  std::vector<std::unique_ptr<ServedModel>> served_;
  std::unique_ptr<Listeners> listeners_;
  std::unique_ptr<Link> link_;
  Peers* peers_ = nullptr;  // What link_ is, where there are several clouds.
  std::shared_ptr<SharedSensors> around_;
};

}  // namespace tideline
