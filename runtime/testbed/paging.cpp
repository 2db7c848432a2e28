#include "runtime/testbed/paging.h"

#include "runtime/base/own_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tideline::testbed {
namespace {

constexpr double kManyPages = 50;  // Per second: 200 kB/s; an idle machine reads back less.
constexpr double kMuchStall = 0.01;

std::optional<std::uint64_t> sum(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a && !b) return std::nullopt;
  return a.value_or(0) + b.value_or(0);
}

// Returns the total of the line "full avg10=0.00 avg60=0.00 avg300=0.00 total=1234", which is in microseconds.
std::optional<Duration> full_stall(const std::filesystem::path& file) {
  const auto text = read_small_file(file);
  const auto line = text ? text->find("full ") : std::string::npos;
  const auto total = line == std::string::npos ? line : text->find("total=", line);
  if (total == std::string::npos) return std::nullopt;
  const auto us = leading_number(std::string_view(*text).substr(total + 6));
  if (!us || *us > static_cast<std::uint64_t>(Duration::max().count() / 1000)) return std::nullopt;
  return std::chrono::microseconds(*us);
}

PagingCounts machine_counts(const MachineRoots& roots) {
  const auto vmstat = read_small_file(roots.proc / "vmstat").value_or("");
  return {number_after(vmstat, "pgmajfault"),
          // Before Linux 5.9 there was a single count.
          sum(sum(number_after(vmstat, "workingset_refault_file"), number_after(vmstat, "workingset_refault_anon")),
              number_after(vmstat, "workingset_refault")),
          full_stall(roots.proc / "pressure" / "memory")};
}

PagingCounts group_counts(const MachineRoots& roots) {
  const auto own = own_group(roots, "memory");
  if (!own) return {};
  const auto stat = read_small_file(own->directory() / "memory.stat").value_or("");
  if (own->version == OwnGroup::Version::v1)
    return {
        number_after(stat, "total_pgmajfault"),
        sum(number_after(stat, "total_workingset_refault_file"), number_after(stat, "total_workingset_refault_anon")),
        std::nullopt};
  return {number_after(stat, "pgmajfault"),
          sum(number_after(stat, "workingset_refault_file"), number_after(stat, "workingset_refault_anon")),
          full_stall(own->directory() / "memory.pressure")};
}

template <typename Count>
std::optional<double> per_second(std::optional<Count> before, std::optional<Count> after, double passed) {
  if (!before || !after || *after < *before || !(passed > 0)) return std::nullopt;
  if constexpr (std::is_same_v<Count, Duration>)
    return std::min(1.0, seconds(*after - *before) / passed);
  else
    return static_cast<double>(*after - *before) / passed;
}

// "1234567" as "1,234,567".
std::string grouped(double count) {
  std::string text = fmt::format("{:.0f}", count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

std::string sentence(std::string_view who, const PagingRates& rates) {
  std::string text;
  const auto add = [&text](std::string part) { text += (text.empty() ? "" : ", ") + std::move(part); };
  if (rates.major_faults) add(grouped(*rates.major_faults) + " major faults a second");
  if (rates.refaults) add(grouped(*rates.refaults) + " pages a second read back");
  if (rates.stalled) add(fmt::format("no task could run for {:.0f} % of the time", 100 * *rates.stalled));
  return fmt::format("{} pages ({})", who, text);
}

}  // namespace

PagingReading read_paging(const MachineRoots& roots) {
  return {machine_counts(roots), group_counts(roots)};
}

bool PagingRates::pages() const {
  if (stalled && *stalled >= kMuchStall) return true;
  if (refaults) return *refaults >= kManyPages && major_faults.value_or(*refaults) >= kManyPages;
  return major_faults && *major_faults >= kManyPages;
}

PagingRates rates_between(const PagingCounts& before, const PagingCounts& after, Duration passed) {
  const double time = seconds(passed);
  return {per_second(before.major_faults, after.major_faults, time), per_second(before.refaults, after.refaults, time),
          per_second(before.stalled, after.stalled, time)};
}

std::optional<std::string> paging_remark(const PagingReading& before, const PagingReading& after, Duration passed) {
  const auto machine = rates_between(before.machine, after.machine, passed);
  const auto group = rates_between(before.group, after.group, passed);
  if (machine.pages()) return sentence("the machine", machine);
  if (group.pages()) return sentence("its control group", group);
  if (!machine.known() && !group.known())
    return "cannot tell whether the machine pages: neither /proc/vmstat nor /proc/pressure/memory can be read";
  return std::nullopt;
}

}  // namespace tideline::testbed
