// Paging: tells full memory from paging, in which the kernel evicts pages that are still needed and reads them again.
//
// Full memory disturbs a measurement little; paging dominates it. Three counts of the kernel show it, for the
// machine and for this process's control group. They are major faults (/proc/vmstat, memory.stat), evicted pages that
// were read back (workingset_refault), and the time in which no task could run for lack of memory (PSI full).
// Reads only two folders, as runtime/base/own_group.h does. Thread-safe.
#pragma once

#include "runtime/base/kernel_files.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tideline::testbed {

// Totals since the kernel's counting began; absent if the kernel does not provide them.
struct PagingCounts {
  std::optional<std::uint64_t> major_faults;
  std::optional<std::uint64_t> refaults;  // Of files and of anonymous memory.
  std::optional<Duration> stalled;

  bool operator==(const PagingCounts&) const = default;
};

struct PagingReading {
  PagingCounts machine;
  PagingCounts group;  // Of this process's innermost group and those beneath it.
};

PagingReading read_paging(const MachineRoots& roots);

// The events between two readings, per second.
struct PagingRates {
  std::optional<double> major_faults;
  std::optional<double> refaults;
  std::optional<double> stalled;  // A share of the time, 0 to 1.

  // Returns true iff the kernel reads back 50 evicted pages a second or more, or no task can run for 1 % of the time.
  // Major faults alone are no proof: a starting program reads its pages for the first time.
  bool pages() const;
  // Returns false if there were no counts from which pages() could be true.
  bool known() const { return major_faults || refaults || stalled; }
};

PagingRates rates_between(const PagingCounts& before, const PagingCounts& after, Duration passed);

// Returns "the machine pages (1,234 major faults a second, ...)", or the same for the control group if only that pages.
// Without counts, returns a remark that paging is unknown. Returns nothing if memory is only full.
std::optional<std::string> paging_remark(const PagingReading& before, const PagingReading& after, Duration passed);

}  // namespace tideline::testbed
