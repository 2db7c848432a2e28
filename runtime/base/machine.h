// Machine: how much CPU and memory this process may use, by the machine and by every control group around it.
//
// Pure over two folders, so that fixtures can stand in for /proc and /sys/fs/cgroup; cgroup v1, v2 and the hybrid of
// both. What cannot be read is absent, never zero. Thread-safe.
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
  Bytes total;       // The machine's memory, or the smallest limit of a group around this process.
  Bytes available;   // What could still be taken without swapping: the least over the machine and those groups.
  double share = 0;  // The smallest available/total over the machine and those groups, 0 to 1.
};

// Returns nothing when the machine's memory cannot be read; groups that cannot be read do not count.
std::optional<MemoryRoom> memory_room(const MachineRoots& roots);

struct CpuRoom {
  int cores = 0;        // Online, and allowed to this process.
  double capacity = 0;  // In cores: `cores`, or the smallest quota of a group around this process.
};

// Returns nothing when the cores cannot be read; groups that cannot be read do not count.
std::optional<CpuRoom> cpu_room(const MachineRoots& roots);

// The control group that this process is in for one controller.
struct OwnGroup {
  enum class Version { v1, v2 };
  Version version = Version::v1;
  std::filesystem::path mount;  // "/sys/fs/cgroup/memory"
  std::string path;             // Beneath the mount, without a slash at either end; empty for the root.

  std::filesystem::path directory() const { return path.empty() ? mount : mount / path; }
  // Returns this group and those around it, innermost first, the root last.
  std::vector<std::filesystem::path> inwards_out() const;
};

// Returns nothing when no hierarchy has the process.
std::optional<OwnGroup> own_group(const MachineRoots& roots, std::string_view controller);

// Returns what a small kernel file holds; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::filesystem::path& path);

// Returns the number that the text, or the file, begins with.
std::optional<std::uint64_t> leading_number(std::string_view text);
std::optional<std::uint64_t> number_in_file(const std::filesystem::path& file);

// Returns the number that follows `key` and white space at the start of a line: "MemTotal:   24684092 kB".
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key);

}  // namespace tideline
