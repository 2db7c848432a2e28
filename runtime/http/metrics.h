// Metrics: the agent's counters, gauges and histograms, as text for Prometheus; all names begin with tideline_.
//
//   Metrics metrics({.version = "0.1.0", .mode = "serve"});
//   metrics.on_served("alexnet", served);       // After each request.
//   metrics.set("alexnet", engine.counters());  // Just before text().
//   const std::string page = metrics.text();
//
// The set of labels is bounded (models, placements, stages ...). Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/agent.h"
#include "runtime/engine/session.h"
#include "runtime/wire/tls_identity.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tideline::http {

class Metrics {
 public:
  // What tells agents apart. Empty parts are left out.
  struct Build {
    std::string version;
    std::string mode;                            // "serve" or "cloud".
    std::string precision;                       // In which this machine computes.
    std::map<std::string, std::string> machine;  // Its fingerprint.
  };
  explicit Metrics(Build build);
  ~Metrics();

  void on_served(std::string_view model, const engine::InferResult& served);
  void on_failed(std::string_view model, ErrorKind kind);

  // These copy counters that other objects keep; call them just before text().
  void set(std::string_view model, const engine::Engine::Counters& counters);
  void set(std::string_view model, const engine::AgentStatus& status);
  void set_ready(std::string_view model, bool ready);
  void set(const link::PeerState& peer);
  void set(const cloud::CloudServer::Counters& cloud);
  void set(const wire::TlsIdentity::Status& tls);
  // Whether the model's table is used, and was measured on this machine and on that cloud (null: no cloud is up).
  void set_table(std::string_view model, const engine::AgentStatus& status, const link::LinkState* cloud);
  void set(const std::map<std::string, std::uint64_t>& refused, std::size_t waiting);  // Of the HTTP server.

  std::string text() const;  // For GET /metrics.

 private:
  struct State;
  const Build build_;
  void show_load(const engine::AgentStatus& status);
  void show_certificate(const char* which, std::chrono::system_clock::time_point end);
  void show_shares(std::string_view model, const engine::AgentStatus& status);
  const std::unique_ptr<State> state_;
};

}  // namespace tideline::http
