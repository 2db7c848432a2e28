// Service: what stands behind each HTTP path: inference, health, metadata, metrics, status.
//
// Thread-safe.
#pragma once

#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/http/http_server.h"
#include "runtime/http/metrics.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

class ModelStatistics;
enum class Door;

class Service {
 public:
  struct Hosted {
    const Engine* engine = nullptr;
    const Agent* agent = nullptr;  // Null where nothing moves the cut (the cloud).
  };

  // Everything must outlive the service. `link` may be null.
  Service(std::string version, std::vector<Hosted> models, const Link* link, Metrics& metrics);
  ~Service();

  HttpResponse handle(HttpRequest request);

  // From now on /v2/health/ready answers 503, so that load balancers send no more; what comes is still served.
  void drain() { draining_ = true; }

  // Whether the door still accepts connections: where it does not, health is 503, for those that are connected already.
  // Returns what was said of it before.
  bool set_accepting(bool accepting) { return accepting_.exchange(accepting); }

 private:
  struct Shown {
    Hosted hosted;
    std::unique_ptr<ModelStatistics> statistics;  // Never null.
  };

  HttpResponse server_door(Door door) const;
  HttpResponse model_door(Door door, const Shown& model, HttpRequest request);
  HttpResponse infer(const Shown& model, HttpRequest request);
  HttpResponse metrics() const;
  HttpResponse status() const;
  const Shown* find(std::string_view name) const;

  const std::string version_;
  const std::vector<Shown> models_;
  const Link* const link_;
  Metrics& metrics_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> accepting_{true};
};

}  // namespace tideline
