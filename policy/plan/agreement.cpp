#include "policy/plan/agreement.h"

#include "runtime/base/units.h"

namespace tideline::plan {

std::string to_string(const Agreement& agreement) {
  return fmt::format("top-1 {}, largest error {}, over {} inputs", share_to_string(agreement.top1),
                     share_to_string(agreement.max_error), agreement.inputs);
}

bool is_lossy(const Plan& plan, const Precisions& precisions, std::uint32_t last_cut) {
  const bool edge_computes = plan.cut > 0, cloud_computes = plan.cut < last_cut;
  return (edge_computes && precisions.edge != Precision::fp32) ||
         (cloud_computes && (precisions.cloud != Precision::fp32 || !is_lossless(plan.codec)));
}

bool AccuracyLimit::allows(const Plan& plan) const {
  if (!min_top1 && !max_error) return true;
  const auto found = measured.find(plan);
  if (found == measured.end()) return !is_lossy(plan, precisions, last_cut);
  return found->second.top1 >= min_top1.value_or(0) && found->second.max_error <= max_error.value_or(kWorstError);
}

}  // namespace tideline::plan
