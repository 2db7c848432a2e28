#include "runtime/testbed/load_workers.h"

#include <unistd.h>

#include <atomic>

namespace tideline::testbed {
namespace {

// Names are also unique within the process: a load may be replaced while the kernel still removes the old group.
std::string group_name(CgroupController controller) {
  static std::atomic<unsigned> made{0};
  return fmt::format("tideline-{}-{}-{}", ::getpid(), controller == CgroupController::cpu ? "cpu" : "memory", ++made);
}

}  // namespace

Result<std::unique_ptr<LoadWorkers>> LoadWorkers::start(CgroupController controller, int workers,
                                                        const Worker::Body& body, bool grouped) {
  std::unique_ptr<LoadWorkers> crew(new LoadWorkers);
  Guard::Undo undo;
  for (int i = 0; i < workers; ++i) {
    auto worker = Worker::start(body);
    if (!worker) return worker.error();
    undo.workers.push_back((*worker)->pidfd());
    crew->workers_.push_back(std::move(*worker));
  }
  if (grouped) {
    auto group = prepare_group(controller, group_name(controller));
    if (group) {
      undo.groups = (*group)->directories();
      crew->group_ = std::move(*group);
    } else {
      crew->why_ = group.error().message;
    }
  }
  auto guard = Guard::post(undo);
  if (!guard) return guard.error();
  crew->guard_ = std::move(*guard);
  if (crew->group_)
    if (auto entered = crew->enter_group(); !entered) {
      crew->group_.reset();
      crew->why_ = entered.error().message;
    }
  return crew;
}

Result<void> LoadWorkers::enter_group() {
  if (auto created = group_->create(); !created) return created;
  for (const auto& worker : workers_)
    if (auto attached = group_->attach(worker->pid()); !attached) return attached;
  return {};
}

}  // namespace tideline::testbed
