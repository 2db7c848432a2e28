#include "policy/plan/stress.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace tideline::plan {

std::string to_string(const Stress& stress) {
  std::string text = stress.uplink ? "uplink " + tideline::to_string(*stress.uplink) : "";
  const std::pair<std::string_view, double> loads[] = {{"edge cpu", stress.edge_cpu},
                                                       {"edge memory", stress.edge_memory},
                                                       {"cloud cpu", stress.cloud_cpu},
                                                       {"cloud memory", stress.cloud_memory}};
  for (const auto& [what, share] : loads)
    if (share != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, share_to_string(share));
  if (stress.delay) text += fmt::format("{}delay {}", text.empty() ? "" : ", ", tideline::to_string(*stress.delay));
  return text.empty() ? "unstressed" : text;
}

}  // namespace tideline::plan
