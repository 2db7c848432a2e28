#include "runtime/base/own_group.h"

#include <sstream>

namespace tideline {

std::vector<std::filesystem::path> OwnGroup::inwards_out() const {
  std::vector<std::filesystem::path> groups;
  for (std::filesystem::path at = path; !at.empty(); at = at.parent_path()) groups.push_back(mount / at);
  groups.push_back(mount);
  return groups;
}

std::optional<OwnGroup> own_group(const MachineRoots& roots, std::string_view controller) {
  const auto text = read_small_file(roots.proc / "self" / "cgroup");
  if (!text) return std::nullopt;
  std::optional<OwnGroup> found;
  std::istringstream lines{*text};
  std::error_code ignored;
  for (std::string line; std::getline(lines, line);) {  // "4:cpu,cpuacct:/a/b"; v2: "0::/a/b"
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto names = line.substr(first + 1, second - first - 1);
    auto path = std::filesystem::path(line.substr(second + 1)).relative_path().string();
    // The path lies outside of our cgroup namespace: only the root of the visible tree is readable.
    if (path.find("..") != std::string::npos) path.clear();
    if (("," + names + ",").find("," + std::string(controller) + ",") != std::string::npos) {
      const auto mount = roots.cgroup / names;
      return OwnGroup{OwnGroup::Version::v1,
                      std::filesystem::exists(mount, ignored) ? mount : roots.cgroup / controller, path};
    }
    if (!names.empty()) continue;
    const bool unified = std::filesystem::exists(roots.cgroup / "cgroup.controllers", ignored);
    found = OwnGroup{OwnGroup::Version::v2, unified ? roots.cgroup : roots.cgroup / "unified", path};
  }
  return found;
}

}  // namespace tideline
