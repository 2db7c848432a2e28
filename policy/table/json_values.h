// JSON values: the values that table and journal share, to JSON and back.
//
// Readers note faults in `fields`, values out of range included. Times are whole nanoseconds, so a written value is
// read back unchanged. Pure functions. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/plan/plan.h"
#include "policy/table/json_fields.h"
#include "policy/table/table.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace tideline::table {

nlohmann::ordered_json json_of(const plan::Stress& stress);
nlohmann::ordered_json json_of(const Terms& terms);
nlohmann::ordered_json json_of(const plan::Conditions& seen);
nlohmann::ordered_json json_of(const plan::Agreement& agreement);
nlohmann::ordered_json json_of(const plan::Precisions& precisions);

plan::Stress stress_from(JsonFields fields);
Terms terms_from(JsonFields fields);
plan::Conditions conditions_from(JsonFields fields);
plan::Precisions precisions_from(JsonFields fields);

// Reads the fields of an agreement. Does not call end(), so other readers may follow.
plan::Agreement agreement_from(JsonFields& fields);

// Reads the fields "cut" and "codec". Does not call end(), so other readers may follow.
plan::Plan plan_from(JsonFields& fields, const std::string& model, std::uint32_t cuts);

// Returns the text of `value`; never fails: bytes that are not UTF-8 become U+FFFD. `indent` < 0 gives one line.
std::string text_of(const nlohmann::ordered_json& value, int indent);

}  // namespace tideline::table
