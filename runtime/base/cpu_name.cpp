#include "runtime/base/cpu_name.h"

#include "runtime/base/outside.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tideline {
namespace {

// Cores of Arm, by the part number of their main ID register. lscpu has a longer list.
constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kArmCores{{
    {"0xd03", "Cortex-A53"},   {"0xd04", "Cortex-A35"},  {"0xd05", "Cortex-A55"},  {"0xd07", "Cortex-A57"},
    {"0xd08", "Cortex-A72"},   {"0xd09", "Cortex-A73"},  {"0xd0a", "Cortex-A75"},  {"0xd0b", "Cortex-A76"},
    {"0xd0c", "Neoverse-N1"},  {"0xd0d", "Cortex-A77"},  {"0xd40", "Neoverse-V1"}, {"0xd41", "Cortex-A78"},
    {"0xd42", "Cortex-A78AE"}, {"0xd44", "Cortex-X1"},   {"0xd46", "Cortex-A510"}, {"0xd47", "Cortex-A710"},
    {"0xd49", "Neoverse-N2"},  {"0xd4a", "Neoverse-E1"}, {"0xd4b", "Cortex-A78C"}, {"0xd4d", "Cortex-A715"},
    {"0xd4f", "Neoverse-V2"},  {"0xd80", "Cortex-A520"}, {"0xd81", "Cortex-A720"},
}};
constexpr std::string_view kArm = "0x41";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank{" \t\n\0", 4};
  const auto from = std::min(text.find_first_not_of(kBlank), text.size());
  return text.substr(from, text.find_last_not_of(kBlank) + 1 - from);
}

// Returns the values of the lines "key : value", in their order.
std::vector<std::string_view> values_of(std::string_view key, std::string_view text) {
  std::vector<std::string_view> values;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key)
      values.push_back(trimmed(line.substr(colon + 1)));
  }
  return values;
}

std::string core_name(std::string_view implementer, std::string_view part) {
  const auto known = std::ranges::find(kArmCores, part, &std::pair<std::string_view, std::string_view>::first);
  if (implementer == kArm && known != kArmCores.end()) return std::string(known->second);
  return "core " + std::string(implementer) + "/" + std::string(part);
}

// A processor may have cores of several kinds.
std::string core_names(std::string_view cpuinfo) {
  const auto implementers = values_of("CPU implementer", cpuinfo), parts = values_of("CPU part", cpuinfo);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(implementers.size(), parts.size()); ++i)
    if (auto name = core_name(implementers[i], parts[i]); std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
  return text;
}

}  // namespace

std::string cpu_name(std::string_view cpuinfo, std::string_view board) {
  if (const auto names = values_of("model name", cpuinfo); !names.empty()) return outside_text(names.front());
  std::string name(trimmed(board));
  const std::string cores = core_names(cpuinfo);
  if (!name.empty() && !cores.empty()) name += ", ";
  name += cores;
  return name.empty() ? "unknown" : outside_text(name);
}

std::string cpu_name(const MachineRoots& roots) {
  return cpu_name(read_small_file(roots.proc / "cpuinfo").value_or(""),
                  read_small_file(roots.proc / "device-tree" / "model").value_or(""));
}

}  // namespace tideline
