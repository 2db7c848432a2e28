#include "policy/plan/agreement.h"

#include "runtime/base/units.h"

#include <algorithm>

namespace tideline::plan {

std::optional<Counted> Agreement::counted() const {
  return accuracy ? std::optional(Counted{accuracy->top1, accuracy->labelled}) : boxes;
}

std::string to_string(const Agreement& agreement) {
  std::string text = fmt::format("top-1 {}, largest error {}, over {} inputs", share_to_string(agreement.top1),
                                 share_to_string(agreement.max_error), agreement.inputs);
  if (agreement.accuracy)
    text += fmt::format("; accuracy {} labelled", to_string(*agreement.counted()));
  else if (agreement.boxes)
    text += fmt::format("; keeps {} boxes", to_string(*agreement.boxes));
  return text;
}

bool is_lossy(const Plan& plan, const Precisions& precisions, std::uint32_t last_cut) {
  const bool edge_computes = plan.cut > 0, cloud_computes = plan.cut < last_cut;
  return (edge_computes && precisions.edge != Precision::fp32) ||
         (cloud_computes && (precisions.cloud != Precision::fp32 || !is_lossless(plan.codec)));
}

bool are_real(std::string_view inputs) {
  return !inputs.empty() && !inputs.starts_with("random");
}

bool AccuracyLimit::has_steps() const {
  return std::ranges::any_of(measured, [](const auto& one) { return is_of_steps(one.first.codec); });
}

std::uint32_t AccuracyLimit::inputs_of_steps() const {
  std::uint32_t most = 0;
  for (const auto& [plan, agreement] : measured)
    if (real_inputs && is_of_steps(plan.codec)) most = std::max(most, agreement.inputs);
  return most;
}

std::string to_string(const AccuracyLimit& limit) {
  if (limit.is_default()) {
    const std::uint32_t inputs = limit.inputs_of_steps();
    if (inputs >= kDefaultInputs)
      return fmt::format("default: top-1 at least {} over {} inputs", share_to_string(kDefaultTop1), inputs);
    return fmt::format("default: no steps, as they need {} real inputs and were measured over {}", kDefaultInputs,
                       inputs);
  }
  std::string text;
  const auto add = [&text](std::string_view what, const std::optional<double>& share) {
    if (share) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, share_to_string(*share));
  };
  add("top-1 at least", limit.min_top1);
  add("largest error at most", limit.max_error);
  add("accuracy at least", limit.min_accuracy);
  return text;
}

bool AccuracyLimit::allows(const Plan& plan) const {
  const auto found = measured.find(plan);
  if (is_default()) {
    if (!is_of_steps(plan.codec) || plan.cut == last_cut) return true;
    return real_inputs && found != measured.end() && found->second.inputs >= kDefaultInputs &&
           found->second.top1 >= kDefaultTop1;
  }
  if (found == measured.end()) return !is_lossy(plan, precisions, last_cut);
  const Agreement& agreement = found->second;
  if (agreement.top1 < min_top1.value_or(0) || agreement.max_error > max_error.value_or(kWorstError)) return false;
  if (!min_accuracy) return true;
  const auto counted = agreement.counted();
  return counted ? counted->share() >= *min_accuracy : !is_lossy(plan, precisions, last_cut);
}

}  // namespace tideline::plan
