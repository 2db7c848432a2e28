// Pages: what is told of server, models and state, as JSON values. Pure functions.
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
// One of "models" of GET /api/status; `status` is null where nothing moves the cut.
nlohmann::json model_status_page(const Engine& engine, const AgentStatus* status);

// What a decision was made of: plan, why, conditions, predictions; as "models" of GET /api/status has them.
nlohmann::json decision_page(const AgentStatus& status, std::span<const Cut> cuts);

}  // namespace tideline
