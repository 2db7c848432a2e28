#include "runtime/app/print/accuracy_print.h"

#include "runtime/base/outside.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

namespace tideline::print {
namespace {

using AccuracyJson = nlohmann::ordered_json;

// No condition changes the accuracy: the unstressed cell has it of all plans.
std::vector<const table::Estimate*> counted_plans(const table::PartitionTable& table) {
  std::vector<const table::Estimate*> plans;
  for (const table::Estimate& e : table.unstressed().estimates)
    if (e.agreement && e.agreement->counted()) plans.push_back(&e);
  return plans;
}

// "71.2 % (64.4 to 77.2)"
std::string with_interval(const plan::Counted& counted) {
  const plan::ShareInterval interval = interval_of(counted);
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100 * counted.share(), 100 * interval.low, 100 * interval.high);
}

AccuracyJson counted_json(const plan::Counted& counted) {
  const plan::ShareInterval interval = interval_of(counted);
  return {
      {"count", counted.hits}, {"of", counted.of}, {"share", counted.share()}, {"ci95", {interval.low, interval.high}}};
}

std::string accuracy_heading(const plan::Agreement& first) {
  if (!first.accuracy)
    return fmt::format("boxes of fp32's answers that plans keep (95 % interval), of {}:\n", first.boxes->of);
  const plan::Accuracy& a = *first.accuracy;
  return fmt::format(
      "right answers over {} labelled images (95 % interval); the whole network in fp32: top-1 {}, top-5 {}\n",
      a.labelled, with_interval({a.whole_top1, a.labelled}), with_interval({a.whole_top5, a.labelled}));
}

std::string accuracy_row(const table::Estimate& e) {
  const plan::Agreement& agreement = *e.agreement;
  const std::string top5 =
      agreement.accuracy ? with_interval({agreement.accuracy->top5, agreement.accuracy->labelled}) : "";
  return fmt::format("{:>5}  {:<24} {:<7} {:>9} {:>11}   {:<23}  {}\n", e.plan.cut,
                     outside_text(e.cut_name).substr(0, 24), name(e.plan.codec), e.wire.count,
                     share_to_string(agreement.top1), with_interval(*agreement.counted()), top5);
}

}  // namespace

std::string accuracy_text(const table::PartitionTable& table) {
  const auto plans = counted_plans(table);
  if (plans.empty()) return {};
  const plan::Agreement& first = *plans.front()->agreement;
  std::string text = accuracy_heading(first);
  text +=
      fmt::format("{:>5}  {:<24} {:<7} {:>9} {:>11}   {:<23}  {}\n", "cut", "after", "codec", "bytes", "top-1: fp32",
                  first.accuracy ? "top-1: right" : "boxes kept", first.accuracy ? "top-5: right" : "");
  for (const table::Estimate* const e : plans) text += accuracy_row(*e);
  return text;
}

nlohmann::ordered_json accuracy_json(const plan::Agreement& agreement) {
  auto one = AccuracyJson::object();
  if (const auto& a = agreement.accuracy) {
    one["top1"] = counted_json({a->top1, a->labelled});
    one["top5"] = counted_json({a->top5, a->labelled});
    one["whole_top1"] = counted_json({a->whole_top1, a->labelled});
    one["whole_top5"] = counted_json({a->whole_top5, a->labelled});
  }
  if (agreement.boxes) one["boxes"] = counted_json(*agreement.boxes);
  return one;
}

nlohmann::ordered_json accuracy_json(const table::PartitionTable& table) {
  auto list = AccuracyJson::array();
  for (const table::Estimate* const e : counted_plans(table)) {
    AccuracyJson one{{"cut", e->plan.cut}, {"codec", name(e->plan.codec)}, {"wire_bytes", e->wire.count}};
    one.update(accuracy_json(*e->agreement));
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace tideline::print
