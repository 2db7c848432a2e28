// Choose policy: makes the policy that the config asks for, and lists the plans that this edge may serve.
#pragma once

#include "policy/decide/policy.h"
#include "policy/plan/constraints.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::modes {

// Returns the policy. Returns invalid, with the reason, if this model, its table or this edge cannot meet the config.
// `table` may be null.
Result<std::shared_ptr<const decide::Policy>> choose_policy(const config::Config& config, const NamedModel& named,
                                                            const std::shared_ptr<const table::PartitionTable>& table);

// Returns true iff the config limits what plans may lose: edge.min_top1, edge.max_error or edge.min_accuracy.
bool asks_accuracy(const config::Config& config);

// Returns the precision in which the cloud must compute for the table to be valid; absent: any.
std::optional<Precision> wanted_of_cloud(const config::Config& config, const table::PartitionTable* table);

// Returns the plan that leaves the least to the cloud: edge-only if the edge holds the whole network.
plan::Plan deepest_plan(const model::Model& model);

// Returns every plan that may be served, to warm them: so the first request of each is not slow.
std::vector<plan::Plan> plans_to_warm(const config::Config& config, const model::Model& model,
                                      const table::PartitionTable* table);

// Returns which part of the model this edge holds: "vgg16: 128 MiB of memory hold cuts 0 to 12 of 22 (all need 643
// MiB)".
// REQUIRES: !named.model->holds_all().
std::string held_text(const config::Config& config, const NamedModel& named);

}  // namespace tideline::modes
