// PlanChecksPrint: prints what each codec of each cut sends and loses; see runtime/engine/plan_checks.h. Pure.
#pragma once

#include "runtime/engine/plan_checks.h"

#include <string>

namespace tideline::print {

// `inputs` says what was checked over. Shares of right answers are shown if classes are known.
std::string plan_checks_text(const engine::CheckedPlans& checked, const std::string& inputs);

}  // namespace tideline::print
