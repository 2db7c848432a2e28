// MemoryRoom: how much memory this process may use, limited by the machine and by its control groups.
//
//     const std::optional<MemoryRoom> memory = memory_room({});
//     if (memory) log->info("{} of {} free", to_string(memory->available), to_string(memory->total));
//
// Thread-safe.
#pragma once

#include "runtime/base/kernel_files.h"
#include "runtime/base/units.h"

#include <optional>

namespace tideline {

struct MemoryRoom {
  Bytes total;       // The machine's memory, or the smallest limit of a control group around this process.
  Bytes available;   // Memory that can be taken without swapping: the minimum over the machine and those groups.
  double share = 0;  // The minimum of available/total over the machine and those groups, 0 to 1.
};

// Returns nothing when the machine's memory cannot be read. Ignores groups that cannot be read.
std::optional<MemoryRoom> memory_room(const MachineRoots& roots);

}  // namespace tideline
