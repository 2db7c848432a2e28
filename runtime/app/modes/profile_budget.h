// ProfileBudget: what --profile does with --budget beside the sweep itself: how many inputs it compares, and what it
// says.
#pragma once

#include "profiler/campaign/budget_plan.h"
#include "profiler/journal/journal.h"
#include "runtime/app/config/command_line.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/engine/sample_inputs.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tideline::modes {

// Returns true iff the campaign leaves out what does not fit into the budget. A shard cannot: it does not know what the
// others leave out. Nor does a refresh, whose conditions are those of the table. Both only stop repeating.
bool keeps_budget(const config::Command& command);

// Returns the most images to read from a folder if profile.compared is not given: decoding them takes time, too.
std::uint32_t most_images(const config::Command& command);

// Returns over how many of `inputs` answers are compared: all that were read, unless a budget is kept and
// profile.compared is not given. Then as many as fit (campaign::inputs_within()), and with --resume as many as before.
Result<std::uint32_t> inputs_to_compare(const config::Command& command, const NamedModel& named,
                                        const engine::SampleInputs& inputs, std::size_t candidates);

// "60 s are enough for 17 of 22 conditions and for 40 of 48 plans"
std::string planned_text(const campaign::BudgetPlan& plan, const journal::Context& context, Duration budget);

// "measured 17 of 22 conditions and 40 of 48 plans in 57.8 s of 60 s; ..."
std::string spent_text(const journal::Measurements& measured, Duration taken, Duration budget);

}  // namespace tideline::modes
