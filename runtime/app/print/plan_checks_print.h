// PlanChecksPrint: prints what each codec of each cut sends and loses; see runtime/engine/plan_checks.h. Pure.
#pragma once

#include "policy/table/table.h"

#include <span>
#include <string>

namespace tideline::print {

// `inputs` says what was checked over, `sequence` over which frames bytes in a stream were. Counts of right answers, or
// of kept boxes, are shown if they were measured, bytes in a stream if some plan has them.
std::string plan_checks_text(std::span<const table::Estimate> checked, const std::string& inputs,
                             const std::string& sequence);

}  // namespace tideline::print
