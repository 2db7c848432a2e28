// Service: answers each HTTP request: inference, images, health, metadata, metrics, status.
//
//   Service service("0.1.0", {{.engine = &engine, .agent = &agent}}, &link, metrics);
//   const HttpResponse response = service.handle(std::move(request));
//   const Result<Rank> rank = service.rank(request);    // Before its turn.
//   service.set_accepting(http.accepts(Clock::now()));  // About once a second.
//   service.drain();                                    // At shutdown.
//
// Thread-safe.
#pragma once

#include "runtime/base/slot.h"
#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/learning_status.h"
#include "runtime/http/admission.h"
#include "runtime/http/campaign_status.h"
#include "runtime/http/detection_handler.h"
#include "runtime/http/http_server.h"
#include "runtime/http/infer_handler.h"
#include "runtime/http/latency_window.h"
#include "runtime/http/metrics.h"
#include "runtime/http/predictions_handler.h"
#include "runtime/wire/tls_identity.h"

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tideline::http {

class ModelStatistics;
enum class Door;
struct Route;

class Service {
 public:
  struct Hosted {
    const engine::Engine* engine = nullptr;
    const engine::Agent* agent = nullptr;  // Null if nothing moves the cut (in a cloud).
    Vision vision{};
    const Slot<engine::LearningStatus>* learning = nullptr;  // Null if it never measures its own plans.
  };

  // All arguments must outlive the service. `link` may be null, as may `admission`: then no refusals are shown. Of
  // `identity`, the expiry of the certificate in use is shown.
  Service(std::string version, std::vector<Hosted> models, const link::Link* link, Metrics& metrics,
          Admission* admission = nullptr, wire::TlsIdentity identity = {});
  ~Service();

  // From now on status and events tell how far that campaign is, and the server is never ready for inferences. The slot
  // must outlive the service. Call before the first request.
  void tell_of(const Slot<CampaignStatus>* campaign) { campaign_ = campaign; }

  HttpResponse handle(HttpRequest request);

  // Returns how urgent a request to a model is. Returns overloaded if no plan can answer it in time even if it began
  // now.
  Result<Rank> rank(const HttpRequest& request) const;

  // What a cloud adds to an event; all null on an edge.
  struct CloudState {
    const cloud::CloudServer::Counters* counters = nullptr;
    const plan::Conditions* machine = nullptr;
  };
  // Returns an event for GET /api/events: the part of the status that changes, and the latencies since the last call.
  // Call about once a second, from one thread.
  std::string event(std::chrono::system_clock::time_point now, const CloudState& cloud) const;

  // From now on /v2/health/ready answers 503, so that load balancers send no more requests. Requests are still served.
  void drain() { draining_ = true; }

  // Sets whether the server still accepts connections. If it does not, health is 503 for the clients that are already
  // connected. Returns the previous value.
  bool set_accepting(bool accepting) { return accepting_.exchange(accepting); }

 private:
  struct Shown {
    Hosted hosted;
    std::unique_ptr<ModelStatistics> statistics;  // Never null.
    std::unique_ptr<LatencyWindow> latest;        // Never null.
    InferHandler infer;
    PredictionsHandler predictions;
    DetectionHandler detection;
  };

  HttpResponse server_door(Door door, const Headers& headers) const;
  HttpResponse model_door(Door door, const Shown& model, HttpRequest request) const;
  HttpResponse repository_index(const HttpRequest& request) const;
  HttpResponse metrics() const;
  HttpResponse status() const;
  nlohmann::json server_state(nlohmann::json models) const;
  const Shown* find(std::string_view name) const;
  // Returns the model that the path names; for DeepStack's path without a name, the first that finds boxes.
  Result<const Shown*> model_of(const Route& route) const;

  const std::string version_;
  const std::vector<Shown> models_;
  const link::Link* const link_;
  Metrics& metrics_;
  Admission* const admission_;
  const wire::TlsIdentity identity_;
  const Slot<CampaignStatus>* campaign_ = nullptr;  // Null: no campaign runs in this process.
  std::atomic<bool> draining_{false};
  std::atomic<bool> accepting_{true};
};

}  // namespace tideline::http
