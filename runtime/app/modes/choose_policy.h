// Which policy the config asks for, and what a model's edge may serve by.
#pragma once

#include "policy/decide/policy.h"
#include "policy/plan/constraints.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/parts.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

// Returns invalid, with what does not fit, when the config asks for what this model, its table or this edge cannot
// give. `table` may be null.
Result<std::shared_ptr<const Policy>> choose_policy(const Config& config, const NamedModel& named,
                                                    const std::shared_ptr<const PartitionTable>& table);

// Returns in which precision the cloud must compute for what is known of the plans to be true; absent: in any.
std::optional<Precision> wanted_of_cloud(const Config& config, const PartitionTable* table);

// Returns the plan that leaves the least to the cloud: edge-only where the edge holds the whole network.
Plan deepest_plan(const Model& model);

// Returns every plan that may be served, so that none is slow when it first is.
std::vector<Plan> plans_to_warm(const Config& config, const Model& model, const PartitionTable* table);

// Returns what of the model this edge holds: "vgg16: 128 MiB of memory hold cuts 0 to 12 of 22 (all need 643 MiB)".
// REQUIRES: !named.model->holds_all().
std::string held_text(const Config& config, const NamedModel& named);

}  // namespace tideline
