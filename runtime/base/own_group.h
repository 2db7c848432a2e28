// OwnGroup: the control group of this process for one controller. Supports cgroup v1, v2 and their hybrid. Thread-safe.
#pragma once

#include "runtime/base/kernel_files.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

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

}  // namespace tideline
