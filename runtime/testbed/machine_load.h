// MachineLoad: puts a CPU and memory load on this machine, and verifies it by measurement.
//
// No part of it outlives this object or this process. Belongs to one thread.
//
//   MachineLoad load(MachineLoad::Options{});
//   const Result<MachineLoad::Reached> reached = load.impose({.cpu = 0.5, .memory = 0.3});
//   if (!reached) return reached.error();
//   (void)load.impose({});  // Removes it.
#pragma once

#include "runtime/testbed/cpu_load.h"
#include "runtime/testbed/memory_load.h"
#include "runtime/testbed/paging.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

struct LoadShares {
  double cpu = 0;     // Of the CPU available to this process, 0 to 1.
  double memory = 0;  // Of the memory available before, 0 to 1.

  bool operator==(const LoadShares&) const = default;
};

class MachineLoad {
 public:
  struct Options {
    MachineRoots roots;
    bool grouped = true;                          // Gives each load its own control group if permitted.
    Duration growth = std::chrono::seconds(120);  // For a memory load to grow.
    Duration settling = std::chrono::milliseconds(200);
    Duration window = std::chrono::milliseconds(400);   // For measuring the CPU load and paging.
    Duration contest = std::chrono::milliseconds(200);  // For measuring the CPU that is left.
  };
  struct Reached {
    LoadShares shares;
    std::optional<double> cpu_left;    // Share that the CPU load leaves for others; absent without one.
    std::vector<std::string> remarks;  // Shortfalls and reasons; the CPU that is left; whether the machine pages.
  };

  explicit MachineLoad(Options options) : options_(std::move(options)) {}

  // Replaces the previous load. An unchanged part keeps running and is only measured again. On error there is no load.
  // Returns invalid if the load cannot be reached here. The remarks start with any paging
  // under the previous load since its measurement: it may begin only when a program runs beside the load.
  Result<Reached> impose(const LoadShares& asked);

 private:
  Result<void> replace(const LoadShares& asked);
  Reached measure(const LoadShares& asked);
  void measure_cpu(double asked, Reached& reached) const;
  void measure_memory(double asked, Reached& reached) const;
  std::optional<std::string> paged_meanwhile() const;

  const Options options_;
  LoadShares shares_;  // Of cpu_ and memory_; zero where they are null.
  std::unique_ptr<CpuLoad> cpu_;
  std::unique_ptr<MemoryLoad> memory_;
  std::optional<std::string> paged_growing_;  // Remark on paging while memory_ grew.
  PagingReading held_;                        // At the last measurement of memory_.
  TimePoint held_since_;
};

// Returns a remark with `why` (reason and remedy) if `reached` misses `asked` by more than a tenth; otherwise nothing.
std::optional<std::string> shortfall(std::string_view what, double asked, double reached, std::string_view why);

}  // namespace tideline::testbed
