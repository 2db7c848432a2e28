// CpuRoom: how many cores this process may use, limited by the machine and by its control groups.
//
//     const std::optional<CpuRoom> cpu = cpu_room({});
//     const int threads = cpu ? cpu->cores : 1;
//
// Thread-safe.
#pragma once

#include "runtime/base/kernel_files.h"

#include <optional>

namespace tideline {

struct CpuRoom {
  int cores = 0;        // Cores that are online and allowed to this process.
  double capacity = 0;  // In cores: `cores`, or the smallest quota of a control group around this process.
};

// Returns nothing when the cores cannot be read. Ignores groups that cannot be read.
std::optional<CpuRoom> cpu_room(const MachineRoots& roots);

}  // namespace tideline
