// Paging: whether memory is merely full, or so full that the kernel throws out what is still needed and reads it again.
//
// Full memory costs a measurement little; paging decides it. Told by three counts of the kernel, of the machine and of
// the control group around this process: major faults (/proc/vmstat, memory.stat), pages that came back although they
// had been thrown out (workingset_refault), and the time in which nothing could go on for want of memory (PSI full).
// Pure over two folders, as runtime/base/machine.h. Thread-safe.
#pragma once

#include "runtime/base/machine.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tideline {

// Since they began to count; what the kernel does not tell is absent.
struct PagingCounts {
  std::optional<std::uint64_t> major_faults;
  std::optional<std::uint64_t> refaults;  // Of files and of anonymous memory.
  std::optional<Duration> stalled;

  bool operator==(const PagingCounts&) const = default;
};

struct PagingReading {
  PagingCounts machine;
  PagingCounts group;  // Of the innermost group that has this process, and those beneath it.
};

PagingReading read_paging(const MachineRoots& roots);

// What happened between two readings, per second.
struct PagingRates {
  std::optional<double> major_faults;
  std::optional<double> refaults;
  std::optional<double> stalled;  // A share of the time, 0 to 1.

  // Returns true iff the kernel reads back what it threw out, 50 pages a second or more, or nothing can go on for 1 %
  // of the time. Major faults alone are no proof: a program that starts reads its pages for the first time.
  bool pages() const;
  // Returns false when nothing was told from which pages() could have become true.
  bool known() const { return major_faults || refaults || stalled; }
};

PagingRates rates_between(const PagingCounts& before, const PagingCounts& after, Duration passed);

// Returns "the machine pages (1,234 major faults a second, ...)", or the same of the control group when only that does;
// that it cannot be told, when nothing was; nothing when memory is merely full.
std::optional<std::string> paging_remark(const PagingReading& before, const PagingReading& after, Duration passed);

}  // namespace tideline
