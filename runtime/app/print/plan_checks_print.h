// PlanChecksPrint: prints what each codec of each cut sends and loses; see runtime/engine/plan_checks.h. Pure.
#pragma once

#include "runtime/engine/plan_checks.h"

#include <string>

namespace tideline::print {

// `inputs` says what was checked over, `sequence` over which frames bytes in a stream were. Shares of right answers are
// shown if classes are known, bytes in a stream if some plan has them.
std::string plan_checks_text(const engine::CheckedPlans& checked, const std::string& inputs,
                             const std::string& sequence);

}  // namespace tideline::print
