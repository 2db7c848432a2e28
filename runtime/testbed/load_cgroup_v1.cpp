#include "runtime/testbed/load_cgroup.h"

#include <libcgroup.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace tideline::testbed {
namespace {

constexpr std::int64_t kPeriod = 100'000;  // Microseconds, the kernel's own default.
constexpr std::int64_t kLeastQuota = 1'000;
constexpr std::uint64_t kMostShares = 262'144;

// libcgroup keeps its table of mounts in global variables and does not lock them.
std::mutex& library() {
  static std::mutex m;
  return m;
}

std::string reason(int code) {
  return code == ECGOTHER ? std::strerror(cgroup_get_last_errno()) : cgroup_strerror(code);
}

Result<void> initialise() {
  static const int kCode = cgroup_init();
  if (kCode == 0) return {};
  return error(ErrorKind::invalid, "libcgroup cannot start: {}; mount the cgroup controllers", reason(kCode));
}

class V1Group final : public LoadCgroup {
 public:
  V1Group(const char* controller, std::string name, std::string directory)
      : controller_(controller), name_(std::move(name)), directories_{std::move(directory)} {}

  ~V1Group() override {
    if (!created_) return;
    const std::lock_guard lock(library());
    // Remaining processes (there should be none) move to its parent.
    if (const auto group = described(); !group || cgroup_delete_cgroup_ext(group.get(), CGFLAG_DELETE_IGNORE_MIGRATION))
      remove_group_directory(directories_.front());
  }

  const std::vector<std::string>& directories() const override { return directories_; }

  Result<void> create() override {
    const std::lock_guard lock(library());
    const auto group = described();
    if (!group) return failed("describe", ECGFAIL);
    if (const int code = cgroup_create_cgroup(group.get(), 1)) return failed("create", code);
    created_ = true;
    return {};
  }

  Result<void> attach(pid_t pid) override {
    const std::lock_guard lock(library());
    const auto group = described();
    if (!group) return failed("describe", ECGFAIL);
    if (const int code = cgroup_attach_task_pid(group.get(), pid)) return failed("put a process into", code);
    return {};
  }

  Result<void> weigh_as(int processes) override {
    return set("cpu.shares", static_cast<std::int64_t>(std::min<std::uint64_t>(1024ull * processes, kMostShares)));
  }

  Result<void> limit_cpu(double cores) override {
    if (auto period = set("cpu.cfs_period_us", kPeriod); !period) return period;
    return set("cpu.cfs_quota_us", std::max(kLeastQuota, static_cast<std::int64_t>(cores * kPeriod)));
  }

  Result<void> limit_memory(Bytes limit) override {
    return set("memory.limit_in_bytes", static_cast<std::int64_t>(limit.count));
  }

 private:
  struct Free {
    void operator()(cgroup* group) const { cgroup_free(&group); }
  };
  using Described = std::unique_ptr<cgroup, Free>;

  // Returns libcgroup's description of a group: a name and its controllers; null if memory is short.
  Described described() const {
    Described group(cgroup_new_cgroup(name_.c_str()));
    if (group && !cgroup_add_controller(group.get(), controller_)) group.reset();
    return group;
  }

  Result<void> set(const char* what, std::int64_t value) {
    const std::lock_guard lock(library());
    const auto group = described();
    cgroup_controller* controller = group ? cgroup_get_controller(group.get(), controller_) : nullptr;
    if (!controller) return failed("describe", ECGFAIL);
    int code = cgroup_add_value_int64(controller, what, value);
    if (code == 0) code = cgroup_modify_cgroup(group.get());
    if (code != 0) return failed(fmt::format("set {} of", what), code);
    return {};
  }

  Error failed(std::string_view what, int code) const {
    return error(ErrorKind::invalid, "cannot {} the control group {}: {}; run as root or allow it", what,
                 directories_.front(), reason(code));
  }

  const char* const controller_;
  const std::string name_;
  const std::vector<std::string> directories_;
  bool created_ = false;
};

}  // namespace

Result<std::unique_ptr<LoadCgroup>> prepare_v1_group(CgroupController controller, const OwnGroup& own,
                                                     std::string_view name) {
  const std::lock_guard lock(library());
  if (auto ready = initialise(); !ready) return ready.error();
  const char* word = controller == CgroupController::cpu ? "cpu" : "memory";
  char* found = nullptr;
  if (const int code = cgroup_get_subsys_mount_point(word, &found))
    return error(ErrorKind::invalid, "the {} controller is not mounted: {}", word, reason(code));
  const std::string mount = found;
  std::free(found);
  const std::string path = own.path.empty() ? std::string(name) : own.path + "/" + std::string(name);
  return std::unique_ptr<LoadCgroup>(std::make_unique<V1Group>(word, path, mount + "/" + path));
}

}  // namespace tideline::testbed
