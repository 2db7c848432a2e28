// BudgetSweep: makes the steps of a campaign in such a way that its budget is kept.
//
// It plans, makes the first step of the plan, and plans again, until nothing is left that fits. sweep.h says what is
// returned. Belongs to one thread.
#pragma once

#include "profiler/campaign/campaign_steps.h"

namespace tideline::campaign {

// REQUIRES: there is a budget, and no shard.
Result<bool> sweep_within_budget(CampaignSteps& steps, const SweepOptions& options);

}  // namespace tideline::campaign
