// Pages: the JSON that the HTTP API returns about the server, its models and their state. Pure functions.
#pragma once

#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/learning_status.h"
#include "runtime/http/campaign_status.h"
#include "runtime/http/latency_window.h"
#include "runtime/image/preparation.h"
#include "runtime/link/link.h"
#include "runtime/wire/tls_identity.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace tideline::http {

nlohmann::json server_page(std::string_view version);     // GET /v2
nlohmann::json model_page(const engine::Engine& engine);  // GET /v2/models/{m}
// GET /v2/models/{m}/config; `images` says how images become the input, and is null if the model takes none.
nlohmann::json config_page(const engine::Engine& engine, const image::Preparation* images);
nlohmann::json link_page(const link::Link& link);  // "link" of GET /api/status
// "tls" of GET /api/status: null without TLS.
nlohmann::json tls_page(const std::optional<wire::TlsIdentity::Status>& tls, std::chrono::system_clock::time_point now);
// One element of the answer to POST /v2/repository/index.
nlohmann::json index_entry(std::string_view model, bool ready);
nlohmann::json campaign_page(const CampaignStatus& status);          // "campaign" of GET /api/status
nlohmann::json learning_page(const engine::LearningStatus& status);  // "learning" of a model of GET /api/status
// One element of "models" of GET /api/status; `status` is null if nothing moves the cut (in a cloud).
nlohmann::json model_status_page(const engine::Engine& engine, const engine::AgentStatus* status);

// One element of "models" of an event: the part of model_status_page() that changes. In place of all predictions it has
// those of the usual plan and of the fastest one, and the latencies that were observed.
nlohmann::json model_event_page(const engine::Engine& engine, const engine::AgentStatus* status,
                                const std::optional<LatencyWindow::Seen>& observed);
nlohmann::json cloud_page(const cloud::CloudServer::Counters& counters);  // "cloud" of an event
nlohmann::json conditions_page(const plan::Conditions& now);

// The inputs and result of a decision (plan, why, conditions, predictions), with the fields of GET /api/status.
nlohmann::json decision_page(const engine::AgentStatus& status, std::span<const model::Cut> cuts);

}  // namespace tideline::http
