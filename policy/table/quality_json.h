// Quality as JSON and back; the format is in policy/README.md. Pure functions. Thread-safe.
#pragma once

#include "policy/table/json_fields.h"
#include "policy/table/quality.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace tideline::table {

nlohmann::ordered_json json_of(const Quality& quality);
// Notes faults in `fields`. Plans are of `model`, with cuts below `cuts`.
Quality quality_from(JsonFields fields, const std::string& model, std::uint32_t cuts);

}  // namespace tideline::table
