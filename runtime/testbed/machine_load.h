// MachineLoad: the CPU and memory load on this machine, replaced as a whole and verified by measuring.
//
// Nothing of it outlives this object or this process. Belongs to one thread.
#pragma once

#include "runtime/testbed/cpu_load.h"
#include "runtime/testbed/memory_load.h"
#include "runtime/testbed/paging.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline {

struct LoadShares {
  double cpu = 0;     // Of the CPU that this process may use, 0 to 1.
  double memory = 0;  // Of the memory that was available before, 0 to 1.

  bool operator==(const LoadShares&) const = default;
};

class MachineLoad {
 public:
  struct Options {
    MachineRoots roots;
    bool grouped = true;                          // Put each load into a control group of its own where permitted.
    Duration growth = std::chrono::seconds(120);  // For a memory load to grow in.
    Duration settling = std::chrono::milliseconds(200);
    Duration window = std::chrono::milliseconds(400);   // In which the CPU load is measured, and paging looked for.
    Duration contest = std::chrono::milliseconds(200);  // In which what the CPU load leaves is measured.
  };
  struct Reached {
    LoadShares shares;
    std::optional<double> cpu_left;    // What the CPU load leaves for others, as a share; absent without a CPU load.
    std::vector<std::string> remarks;  // What fell short and why; what is left of the CPU; whether the machine pages.
  };

  explicit MachineLoad(Options options) : options_(std::move(options)) {}

  // Replaces the load that was there; a part that is asked for again stays as it is and is only measured again.
  // On error there is no load. Returns invalid when it cannot be reached here. When the machine paged under the load
  // that was there, which may be seen only once something runs beside it, the remarks begin with that.
  Result<Reached> impose(const LoadShares& asked);

 private:
  Result<void> replace(const LoadShares& asked);
  Reached measure(const LoadShares& asked);
  void measure_cpu(double asked, Reached& reached) const;
  void measure_memory(double asked, Reached& reached) const;
  std::optional<std::string> paged_meanwhile() const;

  const Options options_;
  LoadShares shares_;  // What cpu_ and memory_ were started with; zero where they are null.
  std::unique_ptr<CpuLoad> cpu_;
  std::unique_ptr<MemoryLoad> memory_;
  std::optional<std::string> paged_growing_;  // How, while memory_ was taken.
  PagingReading held_;                        // As memory_ was last measured, and when.
  TimePoint held_since_;
};

// Returns a remark when `reached` misses `asked` by more than a tenth, with `why` and what to do; else nothing.
std::optional<std::string> shortfall(std::string_view what, double asked, double reached, std::string_view why);

}  // namespace tideline
