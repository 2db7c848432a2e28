#include "runtime/app/print/streams_print.h"

#include "runtime/base/outside.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <map>
#include <vector>

namespace tideline::print {

// No condition changes the bytes in a stream: the unstressed cell has them all.
std::string streams_text(const table::PartitionTable& table) {
  std::map<std::uint32_t, std::vector<std::string>> by_cut;
  for (const table::Estimate& e : table.unstressed().estimates)
    if (e.stream)
      by_cut[e.plan.cut].push_back(fmt::format("{} {} ({})", name(e.plan.codec), e.stream->count, e.wire.count));
  if (by_cut.empty()) return {};
  std::string text = fmt::format("bytes in a stream (alone), over {}:\n", outside_text(table.origin().sequence));
  for (const auto& [cut, plans] : by_cut) text += fmt::format("  cut {}: {}\n", cut, fmt::join(plans, ", "));
  return text;
}

nlohmann::ordered_json streams_json(const table::PartitionTable& table) {
  auto plans = nlohmann::ordered_json::array();
  for (const table::Estimate& e : table.unstressed().estimates)
    if (e.stream)
      plans.push_back({{"cut", e.plan.cut},
                       {"codec", name(e.plan.codec)},
                       {"wire_bytes", e.wire.count},
                       {"stream_bytes", e.stream->count}});
  return plans;
}

}  // namespace tideline::print
