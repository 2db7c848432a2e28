// Pages: the JSON that the HTTP API returns about the server, its models and their state. Pure functions.
#pragma once

#include "runtime/engine/agent.h"
#include "runtime/engine/engine.h"
#include "runtime/link/link.h"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string_view>

namespace tideline {

nlohmann::json server_page(std::string_view version);  // GET /v2
nlohmann::json model_page(const Engine& engine);       // GET /v2/models/{m}
nlohmann::json config_page(const Engine& engine);      // GET /v2/models/{m}/config
nlohmann::json link_page(const Link& link);            // "link" of GET /api/status
// One element of "models" of GET /api/status; `status` is null if nothing moves the cut (in a cloud).
nlohmann::json model_status_page(const Engine& engine, const AgentStatus* status);

// The inputs and result of a decision (plan, why, conditions, predictions), with the fields of GET /api/status.
nlohmann::json decision_page(const AgentStatus& status, std::span<const Cut> cuts);

}  // namespace tideline
