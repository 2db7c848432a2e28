// Pages: the JSON that the HTTP API returns about the server, its models and their state. Pure functions.
#pragma once

#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/link/link.h"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string_view>

namespace tideline::http {

nlohmann::json server_page(std::string_view version);      // GET /v2
nlohmann::json model_page(const engine::Engine& engine);   // GET /v2/models/{m}
nlohmann::json config_page(const engine::Engine& engine);  // GET /v2/models/{m}/config
nlohmann::json link_page(const link::Link& link);          // "link" of GET /api/status
// One element of the answer to POST /v2/repository/index.
nlohmann::json index_entry(std::string_view model, bool ready);
// One element of "models" of GET /api/status; `status` is null if nothing moves the cut (in a cloud).
nlohmann::json model_status_page(const engine::Engine& engine, const engine::AgentStatus* status);

// The inputs and result of a decision (plan, why, conditions, predictions), with the fields of GET /api/status.
nlohmann::json decision_page(const engine::AgentStatus& status, std::span<const model::Cut> cuts);

}  // namespace tideline::http
