// CpuName: what this machine's processor is called, for people.
//
// Thread-safe.
#pragma once

#include "runtime/base/kernel_files.h"

#include <string>
#include <string_view>

namespace tideline {

// Returns the processor's name: "Intel(R) Xeon(R) Processor". Where the kernel knows only its numbers, as on arm64,
// names the board and the cores: "Raspberry Pi 4 Model B Rev 1.4, Cortex-A72". Returns "unknown" if it says nothing.
std::string cpu_name(const MachineRoots& roots);

// The same from the text of /proc/cpuinfo, and of the board's name in the device tree, which may be empty.
std::string cpu_name(std::string_view cpuinfo, std::string_view board);

}  // namespace tideline
