#include "runtime/app/print/certainty_print.h"

#include "policy/predict/certainty.h"
#include "runtime/base/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace tideline::print {
namespace {

constexpr std::size_t kNamedPlans = 12, kNamedDoubts = 5;
constexpr double kLeastDoubt = 0.005;  // A smaller loss is worth no time.

std::string half_width(double share) {
  return std::isfinite(share) ? share_to_string(share) : "? (measured once)";
}

std::string certainty_row(const predict::PlanCertainty& one, std::size_t conditions) {
  return fmt::format("  cut {} ({}), {}: ± {}; the best in {} of {} conditions, perhaps in {}\n", one.plan->plan.cut,
                     outside_text(one.plan->cut_name), name(one.plan->plan.codec), half_width(one.interval), one.best,
                     conditions, one.may_be);
}

std::string others_row(std::vector<predict::PlanCertainty> others) {
  if (others.empty()) return {};
  const double widest = std::ranges::max_element(others, {}, &predict::PlanCertainty::interval)->interval;
  return fmt::format("  {} other plans: ± {} at most\n", others.size(), half_width(widest));
}

std::string sure_plans_text(const table::PartitionTable& table) {
  std::vector<predict::PlanCertainty> plans = predict::certainty_of_plans(table);
  std::ranges::stable_sort(plans, std::ranges::greater(), &predict::PlanCertainty::may_be);
  std::ranges::stable_sort(plans, std::ranges::greater(), &predict::PlanCertainty::best);
  const auto shown = std::ranges::find(plans, 0u, &predict::PlanCertainty::may_be) - plans.begin();
  const auto first = plans.begin() + std::min(shown, static_cast<std::ptrdiff_t>(kNamedPlans));
  std::string text = "how sure: the 95 % interval of a plan's mean latency, in the median condition\n";
  for (auto one = plans.begin(); one != first; ++one) text += certainty_row(*one, table.cells().size());
  return text + others_row({first, plans.end()});
}

std::string doubts_text(const table::PartitionTable& table) {
  std::string text;
  std::size_t shown = 0;
  for (const predict::Doubt& doubt : predict::doubts_of(table)) {
    if (doubt.loss < kLeastDoubt || shown++ == kNamedDoubts) break;
    text += std::isfinite(doubt.loss)
                ? fmt::format("worth more time: {}: another plan may be better; the choice loses {} on average\n",
                              to_string(doubt.cell->asked), share_to_string(doubt.loss))
                : fmt::format("worth more time: {}: a plan was measured once there\n", to_string(doubt.cell->asked));
  }
  return text.empty() ? "worth more time: none of the measured conditions\n" : text;
}

}  // namespace

std::string certainty_text(const table::PartitionTable& table) {
  return sure_plans_text(table) + doubts_text(table);
}

}  // namespace tideline::print
