// LoadCgroup: a control group for the processes of one load, made beneath the group that this process is in, so that the
// load competes within the same quota as we do. Belongs to one thread.
//
// On cgroup v1 it is made through libcgroup. On v2 it is made by writing the few files directly: libcgroup 2.0.2 writes
// the subtree_control of every ancestor, which a delegated group may not do.
#pragma once

#include "runtime/base/machine.h"
#include "runtime/base/result.h"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

enum class CgroupController { cpu, memory };

class LoadCgroup {
 public:
  // Removes what create() made. REQUIRES: the processes in it have ended.
  virtual ~LoadCgroup() = default;

  // The directories that create() makes, known before it is called.
  virtual const std::vector<std::string>& directories() const = 0;

  virtual Result<void> create() = 0;
  virtual Result<void> attach(pid_t pid) = 0;

  // Lets the group weigh as much as so many ordinary processes when it competes for a CPU. A new group weighs as one
  // process, however many run in it. REQUIRES, as all below: created.
  virtual Result<void> weigh_as(int processes) = 0;
  // Lets the group use no more than so many cores.
  virtual Result<void> limit_cpu(double cores) = 0;
  virtual Result<void> limit_memory(Bytes limit) = 0;
};

// Returns the group of that name for that controller, not yet created; v1 or v2, whichever has the controller here.
// Returns invalid, saying why, when there is none.
Result<std::unique_ptr<LoadCgroup>> prepare_group(CgroupController controller, std::string_view name);

// The two makes of it. `own` is the group that this process is in.
Result<std::unique_ptr<LoadCgroup>> prepare_v1_group(CgroupController controller, const OwnGroup& own,
                                                std::string_view name);
std::unique_ptr<LoadCgroup> prepare_v2_group(const OwnGroup& own, std::string_view name);

// Removes the directory of a control group; retries for a second while the kernel still counts a process in it.
void remove_group_directory(const std::string& directory);

}  // namespace tideline
