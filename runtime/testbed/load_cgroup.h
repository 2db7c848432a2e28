// LoadCgroup: a control group for the processes of one load.
//
// It lies beneath this process's own group, so that the load competes within the same quota. On cgroup v1 libcgroup
// creates it. On v2 the few files are written directly: libcgroup 2.0.2 writes the subtree_control of every ancestor,
// which a delegated group may not do. Belongs to one thread.
#pragma once

#include "runtime/base/own_group.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::testbed {

enum class CgroupController { cpu, memory };

class LoadCgroup {
 public:
  // Removes what create() made. REQUIRES: the processes in it have ended.
  virtual ~LoadCgroup() = default;

  // The directories that create() will make; known before.
  virtual const std::vector<std::string>& directories() const = 0;

  virtual Result<void> create() = 0;
  virtual Result<void> attach(pid_t pid) = 0;

  // Gives the group the CPU weight of that many ordinary processes. A new group weighs as one process, however many run
  // in it. REQUIRES, as all below: created.
  virtual Result<void> weigh_as(int processes) = 0;
  // Limits the group to that many cores.
  virtual Result<void> limit_cpu(double cores) = 0;
  virtual Result<void> limit_memory(Bytes limit) = 0;
};

// Returns a group of that name for that controller, not yet created; of v1 or v2, whichever has the controller here.
// Returns invalid, with the reason, if neither has.
Result<std::unique_ptr<LoadCgroup>> prepare_group(CgroupController controller, std::string_view name);

// The two implementations. `own` is this process's group.
Result<std::unique_ptr<LoadCgroup>> prepare_v1_group(CgroupController controller, const OwnGroup& own,
                                                     std::string_view name);
std::unique_ptr<LoadCgroup> prepare_v2_group(const OwnGroup& own, std::string_view name);

// Removes the directory of a control group. Retries for a second while the kernel still counts a process in it.
void remove_group_directory(const std::string& directory);

}  // namespace tideline::testbed
