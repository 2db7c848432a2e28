// The accuracy that plans need without a limit of the operator's, by the agreements of a table or of a campaign.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/table/table.h"

#include <map>

namespace tideline::table {

// Returns the default over what the table measured. For a limit, set its members.
plan::AccuracyLimit accuracy_limit_of(const PartitionTable& table);

// The same of measurements that are no table yet.
plan::AccuracyLimit accuracy_limit_of(const PartitionTable::Origin& origin,
                                      std::map<plan::Plan, plan::Agreement> measured);

}  // namespace tideline::table
