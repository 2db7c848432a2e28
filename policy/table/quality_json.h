// Quality as JSON and back, as policy/README.md describes it. Pure functions.
#pragma once

#include "policy/table/json_fields.h"
#include "policy/table/quality.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace tideline {

nlohmann::ordered_json json_of(const Quality& quality);
// Notes in `fields` what is wrong. Plans are of the `model` with so many `cuts`.
Quality quality_from(JsonFields fields, const std::string& model, std::uint32_t cuts);

}  // namespace tideline
