#include "runtime/app/print/plan_checks_print.h"

#include "runtime/base/outside.h"
#include "runtime/base/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::print {
namespace {

std::string right_of(const plan::Accuracy& accuracy) {
  return accuracy.labelled == 0 ? "" : fmt::format("{} of {}", accuracy.right, accuracy.labelled);
}

// The column of bytes in a stream; empty if no plan has them.
std::string stream_of(const table::Estimate& e, bool shown) {
  if (!shown) return "";
  return e.stream ? fmt::format(" {:>10}", e.stream->count) : fmt::format(" {:>10}", "-");
}

std::string row(const engine::CheckedPlan& checked, bool streams) {
  const table::Estimate& e = checked.estimate;
  return fmt::format("{:>4}  {:<26} {:<7} {:>10}{} {:>9} {:>9} {:>10.2f} {:>10.2f}  {}\n", e.plan.cut,
                     outside_text(e.cut_name).substr(0, 26), name(e.plan.codec), e.wire.count, stream_of(e, streams),
                     share_to_string(e.agreement->top1), share_to_string(e.agreement->max_error),
                     milliseconds(e.mean.encode), milliseconds(e.mean.tail), right_of(checked.accuracy));
}

}  // namespace

std::string plan_checks_text(const engine::CheckedPlans& checked, const std::string& inputs,
                             const std::string& sequence) {
  const bool streams =
      std::ranges::any_of(checked.plans, [](const auto& one) { return one.estimate.stream.has_value(); });
  std::string text = fmt::format("codecs over {}{}\n", outside_text(inputs),
                                 streams ? fmt::format("; in a stream over {}", outside_text(sequence)) : "");
  text += fmt::format("{:>4}  {:<26} {:<7} {:>10}{} {:>9} {:>9} {:>10} {:>10}  {}\n", "cut", "after", "codec", "bytes",
                      streams ? fmt::format(" {:>10}", "stream") : "", "top-1", "error", "encode ms", "decode ms",
                      checked.whole.labelled == 0 ? "" : "right");
  for (const engine::CheckedPlan& plan : checked.plans) text += row(plan, streams);
  if (checked.whole.labelled > 0) text += fmt::format("the whole network is right for {}\n", right_of(checked.whole));
  return text;
}

}  // namespace tideline::print
