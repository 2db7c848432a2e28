#include "policy/table/accuracy_limit.h"

#include <utility>

namespace tideline::table {

plan::AccuracyLimit accuracy_limit_of(const PartitionTable& table) {
  std::map<plan::Plan, plan::Agreement> measured;
  for (const Estimate& e : table.unstressed().estimates)
    if (e.agreement) measured.emplace(e.plan, *e.agreement);
  return accuracy_limit_of(table.origin(), std::move(measured));
}

plan::AccuracyLimit accuracy_limit_of(const PartitionTable::Origin& origin,
                                      std::map<plan::Plan, plan::Agreement> measured) {
  return {.min_top1 = {},
          .max_error = {},
          .precisions = origin.precisions,
          .last_cut = origin.cuts - 1,
          .measured = std::move(measured),
          .real_inputs = origin.has_real_inputs()};
}

}  // namespace tideline::table
