#include "runtime/base/cpu_room.h"

#include "runtime/base/own_group.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace tideline {
namespace {

// Parses "0-3,8" into CPU numbers.
std::set<int> parse_cpu_list(std::string_view text) {
  std::set<int> cpus;
  std::istringstream ranges{std::string(text)};
  for (std::string range; std::getline(ranges, range, ',');) {
    const auto first = leading_number(range);
    if (!first) continue;
    const auto dash = range.find('-');
    const auto last = dash == std::string::npos ? first : leading_number(std::string_view(range).substr(dash + 1));
    if (!last || *last > 65535) continue;
    for (std::uint64_t cpu = *first; cpu <= *last; ++cpu) cpus.insert(static_cast<int>(cpu));
  }
  return cpus;
}

// The kernel's list of allowed CPUs may name absent CPUs; /proc/stat lists those that are online.
int usable_cores(const std::filesystem::path& proc) {
  const auto status = read_small_file(proc / "self" / "status");
  const auto stat = read_small_file(proc / "stat");
  if (!status || !stat) return 0;
  std::set<int> allowed;
  int online = 0, usable = 0;
  std::istringstream lines{*status};
  constexpr std::string_view kKey = "Cpus_allowed_list:\t";
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(kKey)) allowed = parse_cpu_list(std::string_view(line).substr(kKey.size()));
  std::istringstream cpus{*stat};
  for (std::string line; std::getline(cpus, line);) {
    if (!line.starts_with("cpu")) continue;
    const auto cpu = leading_number(std::string_view(line).substr(3));
    if (!cpu) continue;
    ++online;
    if (*cpu <= 65535 && allowed.contains(static_cast<int>(*cpu))) ++usable;
  }
  return allowed.empty() ? online : usable;
}

std::optional<double> quota(const std::filesystem::path& group, OwnGroup::Version version) {
  std::optional<std::uint64_t> microseconds, period;
  if (version == OwnGroup::Version::v1) {
    microseconds = number_in_file(group / "cpu.cfs_quota_us");  // -1: no limit; not a number here.
    period = number_in_file(group / "cpu.cfs_period_us");
  } else if (const auto text = read_small_file(group / "cpu.max")) {
    const auto space = text->find(' ');  // "max 100000" or "50000 100000"
    microseconds = leading_number(*text);
    if (space != std::string::npos) period = leading_number(std::string_view(*text).substr(space + 1));
  }
  if (!microseconds || !period || *microseconds == 0 || *period == 0) return std::nullopt;
  return static_cast<double>(*microseconds) / static_cast<double>(*period);
}

}  // namespace

std::optional<CpuRoom> cpu_room(const MachineRoots& roots) {
  const int cores = usable_cores(roots.proc);
  if (cores == 0) return std::nullopt;
  CpuRoom room{cores, static_cast<double>(cores)};
  const auto own = own_group(roots, "cpu");
  if (!own) return room;
  for (const auto& directory : own->inwards_out())
    if (const auto limit = quota(directory, own->version)) room.capacity = std::min(room.capacity, *limit);
  return room;
}

}  // namespace tideline
