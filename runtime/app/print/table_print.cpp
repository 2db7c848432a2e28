#include "runtime/app/print/table_print.h"

#include "policy/table/accuracy_limit.h"
#include "runtime/app/print/accuracy_print.h"
#include "runtime/app/print/streams_print.h"
#include "runtime/base/outside.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tideline::print {
namespace {

constexpr std::size_t kShownLeftOut = 5;

std::string latency(const table::Estimate* e) {
  if (!e) return "-";
  const double mean = milliseconds(e->mean.total());
  return e->has_interval() ? fmt::format("{:.1f} ± {:.1f}", mean, milliseconds(e->ci95))
                           : fmt::format("{:.1f} ± ?", mean);
}

std::string agreement(const table::Estimate& e) {
  if (!e.agreement) return "-";
  return fmt::format("{} / {}", share_to_string(e.agreement->top1), share_to_string(e.agreement->max_error));
}

bool depends_on_inputs(const table::PartitionTable& table) {
  return std::ranges::any_of(table.unstressed().estimates, [](const table::Estimate& e) {
    return is_of_images(e.plan.codec) || !is_lossless(e.plan.codec);
  });
}

// Names the largest step of each cut that is served without a limit.
std::string default_text(const table::PartitionTable& table) {
  const plan::AccuracyLimit limit = accuracy_limit_of(table);
  if (!limit.has_steps()) return {};
  std::map<std::uint32_t, plan::Codec> largest;
  for (const auto& [plan, agreement] : limit.measured)
    if (is_of_steps(plan.codec) && limit.allows(plan)) largest.insert_or_assign(plan.cut, plan.codec);
  std::vector<std::string> steps;
  for (const auto& [cut, codec] : largest) steps.push_back(fmt::format("cut {} up to {}", cut, name(codec)));
  return fmt::format("{}{}{}\n", to_string(limit), steps.empty() ? "" : "; ", fmt::join(steps, ", "));
}

// It matters for codecs whose bytes or answers depend on the input.
std::string measured_text(const table::PartitionTable& table) {
  const std::string& inputs = table.origin().inputs;
  if (table.origin().has_real_inputs()) return fmt::format("measured over {}\n", outside_text(inputs));
  if (!depends_on_inputs(table)) return {};
  return fmt::format("measured over {}: bytes and agreement of codecs say little about yours; give --inputs DIR\n",
                     inputs.empty() ? "random numbers" : outside_text(inputs));
}

}  // namespace

std::string inputs_text(const table::PartitionTable& table) {
  return measured_text(table) + default_text(table) + streams_text(table) + accuracy_text(table);
}

std::string table_text(const table::PartitionTable& table) {
  const auto every = [](const plan::Plan&) { return true; };
  std::string text =
      fmt::format("{}: best plan per condition (mean latency in ms, 95 % interval), edge in {}, cloud in {}\n",
                  outside_text(table.origin().model_name), name(table.origin().precisions.edge),
                  name(table.origin().precisions.cloud));
  text += fmt::format("{:<38} {:>5} {:<26} {:<5} {:>18} {:>15} {:>15} {:>15}\n", "condition", "cut", "after", "codec",
                      "top-1 / error", "best", "cloud-only", "edge-only");
  for (const table::Cell& cell : table.cells()) {
    const table::Estimate* best = cell.best(every);
    const table::Estimate* cloud_only = cell.best([](const plan::Plan& plan) { return plan.cut == 0; });
    text += fmt::format("{:<38} {:>5} {:<26} {:<5} {:>18} {:>15} {:>15} {:>15}\n", to_string(cell.asked),
                        best->plan.cut, outside_text(best->cut_name).substr(0, 26), name(best->plan.codec),
                        agreement(*best), latency(best), latency(cloud_only), latency(cell.find(table.edge_only())));
  }
  return text + inputs_text(table) + quality_text(table.origin().quality);
}

std::string quality_text(const table::Quality& quality) {
  std::string text;
  if (quality.noise_floor)
    text += fmt::format("noise floor: repeated measurements of one point differ by {} (1 sd) over the campaign\n",
                        share_to_string(*quality.noise_floor));
  if (quality.drift)
    text += fmt::format("drift: {}{:.1f} % over the campaign, p = {:.2g}{}\n", quality.drift->change < 0 ? "" : "+",
                        100 * quality.drift->change, quality.drift->p_value,
                        quality.drift->drifted ? "; the machines DRIFTED: measure again on idle machines" : "");
  if (const auto middle = quality.held_out_residual(0.5))
    text += fmt::format(
        "held out: {} plans and conditions were predicted and then measured: off by {} (median), {} (p95)\n",
        quality.held_out.size(), share_to_string(*middle), share_to_string(*quality.held_out_residual(0.95)));
  for (const table::Correction& c : quality.corrections)
    text += fmt::format("corrected: {} by an interaction of the two sides, {:.2f} ± {:.2f}\n", outside_text(c.term),
                        c.coefficient, c.error);
  if (quality.left_out.size() > kShownLeftOut)
    text += fmt::format("left out: {} conditions, among them\n", quality.left_out.size());
  for (std::size_t i = 0; i < std::min(kShownLeftOut, quality.left_out.size()); ++i)
    text += fmt::format("left out: {}: {}\n", to_string(quality.left_out[i].asked),
                        outside_text(quality.left_out[i].reason, 1024));
  return text;
}

}  // namespace tideline::print
