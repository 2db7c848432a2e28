// Machine: how much CPU and memory this process may use, limited by the machine and by its control groups.
//
//     const std::optional<MemoryRoom> memory = memory_room({});
//     if (memory) log->info("{} of {} free", to_string(memory->available), to_string(memory->total));
//     const std::optional<CpuRoom> cpu = cpu_room({});
//     const int threads = cpu ? cpu->cores : 1;
//
// Reads only the two folders in MachineRoots, so that tests can replace /proc and /sys/fs/cgroup. Supports cgroup v1,
// v2 and their hybrid. A value that cannot be read is absent, never zero. Thread-safe.
#pragma once

#include "runtime/base/units.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

struct MachineRoots {
  std::filesystem::path proc = "/proc";
  std::filesystem::path cgroup = "/sys/fs/cgroup";
};

struct MemoryRoom {
  Bytes total;       // The machine's memory, or the smallest limit of a control group around this process.
  Bytes available;   // Memory that can be taken without swapping: the minimum over the machine and those groups.
  double share = 0;  // The minimum of available/total over the machine and those groups, 0 to 1.
};

// Returns nothing when the machine's memory cannot be read. Ignores groups that cannot be read.
std::optional<MemoryRoom> memory_room(const MachineRoots& roots);

struct CpuRoom {
  int cores = 0;        // Cores that are online and allowed to this process.
  double capacity = 0;  // In cores: `cores`, or the smallest quota of a control group around this process.
};

// Returns nothing when the cores cannot be read. Ignores groups that cannot be read.
std::optional<CpuRoom> cpu_room(const MachineRoots& roots);

// The control group that this process is in for one controller.
struct OwnGroup {
  enum class Version { v1, v2 };
  Version version = Version::v1;
  std::filesystem::path mount;  // "/sys/fs/cgroup/memory"
  std::string path;             // Below the mount, without a slash at either end; empty for the root.

  std::filesystem::path directory() const { return path.empty() ? mount : mount / path; }
  // Returns this group and the groups around it, innermost first, the root last.
  std::vector<std::filesystem::path> inwards_out() const;
};

// Returns nothing when no hierarchy contains the process.
std::optional<OwnGroup> own_group(const MachineRoots& roots, std::string_view controller);

// Returns the content of a small kernel file; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::filesystem::path& path);

// Returns the number at the start of the text or file.
std::optional<std::uint64_t> leading_number(std::string_view text);
std::optional<std::uint64_t> number_in_file(const std::filesystem::path& file);

// Returns the number that follows `key` and white space at the start of a line: "MemTotal:   24684092 kB".
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key);

}  // namespace tideline
