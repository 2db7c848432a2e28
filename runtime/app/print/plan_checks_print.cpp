#include "runtime/app/print/plan_checks_print.h"

#include "runtime/base/outside.h"
#include "runtime/base/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::print {
namespace {

std::string count_of(const plan::Agreement& agreement) {
  const auto counted = agreement.counted();
  return counted ? fmt::format("{} of {}", counted->hits, counted->of) : "";
}

std::string heading_of(std::span<const table::Estimate> checked) {
  if (checked.empty() || !checked.front().agreement->counted()) return "";
  return checked.front().agreement->accuracy ? "right" : "boxes kept";
}

std::string whole_text(std::span<const table::Estimate> checked) {
  if (checked.empty() || !checked.front().agreement->accuracy) return "";
  const plan::Accuracy& accuracy = *checked.front().agreement->accuracy;
  return fmt::format("the whole network is right for {} of {}\n", accuracy.whole_top1, accuracy.labelled);
}

// The column of bytes in a stream; empty if no plan has them.
std::string stream_of(const table::Estimate& e, bool shown) {
  if (!shown) return "";
  return e.stream ? fmt::format(" {:>10}", e.stream->count) : fmt::format(" {:>10}", "-");
}

std::string row(const table::Estimate& e, bool streams) {
  return fmt::format("{:>4}  {:<26} {:<7} {:>10}{} {:>9} {:>9} {:>10.2f} {:>10.2f}  {}\n", e.plan.cut,
                     outside_text(e.cut_name).substr(0, 26), name(e.plan.codec), e.wire.count, stream_of(e, streams),
                     share_to_string(e.agreement->top1), share_to_string(e.agreement->max_error),
                     milliseconds(e.mean.encode), milliseconds(e.mean.tail), count_of(*e.agreement));
}

}  // namespace

std::string plan_checks_text(std::span<const table::Estimate> checked, const std::string& inputs,
                             const std::string& sequence) {
  const bool streams = std::ranges::any_of(checked, [](const table::Estimate& e) { return e.stream.has_value(); });
  std::string text = fmt::format("codecs over {}{}\n", outside_text(inputs),
                                 streams ? fmt::format("; in a stream over {}", outside_text(sequence)) : "");
  text += fmt::format("{:>4}  {:<26} {:<7} {:>10}{} {:>9} {:>9} {:>10} {:>10}  {}\n", "cut", "after", "codec", "bytes",
                      streams ? fmt::format(" {:>10}", "stream") : "", "top-1", "error", "encode ms", "decode ms",
                      heading_of(checked));
  for (const table::Estimate& plan : checked) text += row(plan, streams);
  return text + whole_text(checked);
}

}  // namespace tideline::print
