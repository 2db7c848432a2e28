// LoadWorkers: the worker processes of one load, in their own control group if permitted, under a Guard.
//
// However this process ends, no process and no group remains. Belongs to one thread.
#pragma once

#include "runtime/testbed/guard.h"
#include "runtime/testbed/load_cgroup.h"
#include "runtime/testbed/worker.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

class LoadWorkers {
 public:
  // Starts `workers` processes that run `body`, which waits for its first word. Without `grouped`, or if control groups
  // are not permitted, they stay in this process's group.
  static Result<std::unique_ptr<LoadWorkers>> start(CgroupController controller, int workers, const Worker::Body& body,
                                                    bool grouped);

  const std::vector<std::unique_ptr<Worker>>& workers() const { return workers_; }
  LoadCgroup* group() const { return group_.get(); }        // Null if there is none.
  const std::string& why_no_group() const { return why_; }  // Empty if there is one, or none was wanted.

 private:
  LoadWorkers() = default;
  Result<void> enter_group();

  // Destroyed in reverse order: the workers, then their group, then the guard.
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<LoadCgroup> group_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::string why_;
};

}  // namespace tideline::testbed
