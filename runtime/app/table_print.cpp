#include "runtime/app/table_print.h"

#include <fmt/format.h>

namespace tideline {
namespace {

std::string latency(const Estimate* e) {
  if (!e) return "-";
  return fmt::format("{:.1f} ± {:.1f}", milliseconds(e->mean.total()), milliseconds(e->ci95));
}

std::string agreement(const Estimate& e) {
  if (!e.agreement) return "-";
  return fmt::format("{} / {}", share_to_string(e.agreement->top1), share_to_string(e.agreement->max_error));
}

}  // namespace

std::string table_text(const PartitionTable& table) {
  const auto every = [](const Plan&) { return true; };
  std::string text = fmt::format(
      "{}: best plan per condition (mean latency in ms, 95 % interval), edge in {}, cloud in {}\n",
      table.origin().model_name, name(table.origin().precisions.edge), name(table.origin().precisions.cloud));
  text += fmt::format("{:<38} {:>5} {:<26} {:<5} {:>18} {:>15} {:>15} {:>15}\n", "condition", "cut", "after", "codec",
                      "top-1 / error", "best", "cloud-only", "edge-only");
  for (const Cell& cell : table.cells()) {
    const Estimate* best = cell.best(every);
    const Estimate* cloud_only = cell.best([](const Plan& plan) { return plan.cut == 0; });
    text += fmt::format("{:<38} {:>5} {:<26} {:<5} {:>18} {:>15} {:>15} {:>15}\n", to_string(cell.asked),
                        best->plan.cut, best->cut_name.substr(0, 26), name(best->plan.codec), agreement(*best),
                        latency(best), latency(cloud_only), latency(cell.find(table.edge_only())));
  }
  return text;
}

}  // namespace tideline
