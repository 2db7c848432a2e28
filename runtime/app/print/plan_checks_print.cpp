#include "runtime/app/print/plan_checks_print.h"

#include "runtime/base/outside.h"
#include "runtime/base/units.h"

#include <fmt/format.h>

namespace tideline::print {
namespace {

std::string right_of(const plan::Accuracy& accuracy) {
  return accuracy.labelled == 0 ? "" : fmt::format("{} of {}", accuracy.right, accuracy.labelled);
}

std::string row(const engine::CheckedPlan& checked) {
  const table::Estimate& e = checked.estimate;
  return fmt::format("{:>4}  {:<26} {:<7} {:>10} {:>9} {:>9} {:>10.2f} {:>10.2f}  {}\n", e.plan.cut,
                     outside_text(e.cut_name).substr(0, 26), name(e.plan.codec), e.wire.count,
                     share_to_string(e.agreement->top1), share_to_string(e.agreement->max_error),
                     milliseconds(e.mean.encode), milliseconds(e.mean.tail), right_of(checked.accuracy));
}

}  // namespace

std::string plan_checks_text(const engine::CheckedPlans& checked, const std::string& inputs) {
  std::string text = fmt::format("codecs over {}\n{:>4}  {:<26} {:<7} {:>10} {:>9} {:>9} {:>10} {:>10}  {}\n",
                                 outside_text(inputs), "cut", "after", "codec", "bytes", "top-1", "error", "encode ms",
                                 "decode ms", checked.whole.labelled == 0 ? "" : "right");
  for (const engine::CheckedPlan& plan : checked.plans) text += row(plan);
  if (checked.whole.labelled > 0) text += fmt::format("the whole network is right for {}\n", right_of(checked.whole));
  return text;
}

}  // namespace tideline::print
