#include "runtime/testbed/load_cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

namespace tideline::testbed {
namespace {

constexpr int kMaxPeriod = 100'000;  // Microseconds, the kernel's own default.
constexpr int kLeastMaxQuota = 1'000;

// Writes a control file in one write(), as the kernel requires.
Result<void> write_control(const std::filesystem::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int problem = errno;
  if (fd >= 0) ::close(fd);
  if (written) return {};
  return error(ErrorKind::invalid,
               "cannot write '{}' to {}: {}; run as root or delegate the group (Delegate=cpu memory)", text,
               file.string(), std::strerror(problem));
}

class V2Group final : public LoadCgroup {
 public:
  V2Group(const std::filesystem::path& parent, std::string_view name)
      : parent_(parent), directory_(parent / name), directories_{directory_.string()} {}

  ~V2Group() override {
    if (created_) remove_group_directory(directories_.front());
  }

  const std::vector<std::string>& directories() const override { return directories_; }

  Result<void> create() override {
    hand_down_controllers();
    if (::mkdir(directory_.c_str(), 0755) != 0)
      return error(ErrorKind::invalid, "cannot make the control group {}: {}; run as root or delegate its parent",
                   directory_.string(), std::strerror(errno));
    created_ = true;
    return {};
  }

  Result<void> attach(pid_t pid) override { return write_control(directory_ / "cgroup.procs", std::to_string(pid)); }

  Result<void> weigh_as(int processes) override {
    // Without the controller in this subtree, the group's processes compete one by one, as without a group.
    if (!handed_down("cpu")) return {};
    return write_control(directory_ / "cpu.weight", std::to_string(std::clamp(100 * processes, 1, 10'000)));
  }

  Result<void> limit_cpu(double cores) override {
    if (!handed_down("cpu")) return not_handed_down("cpu");
    const int quota = std::max(kLeastMaxQuota, static_cast<int>(cores * kMaxPeriod));
    return write_control(directory_ / "cpu.max", fmt::format("{} {}", quota, kMaxPeriod));
  }

  Result<void> limit_memory(Bytes limit) override {
    if (!handed_down("memory")) return not_handed_down("memory");
    return write_control(directory_ / "memory.max", std::to_string(limit.count));
  }

 private:
  // Requests both controllers at once or neither: cpu alone would turn this process's group, which has processes, into
  // the root of a threaded subtree. The kernel refuses both (EBUSY) while that group has processes and is not the root.
  // The new group then collects processes without limiting them.
  void hand_down_controllers() {
    if (handed_down("cpu") && handed_down("memory")) return;
    if (has_word("cgroup.controllers", "cpu") && has_word("cgroup.controllers", "memory"))
      (void)write_control(parent_ / "cgroup.subtree_control", "+cpu +memory");
  }

  bool handed_down(const char* controller) const { return has_word("cgroup.subtree_control", controller); }

  bool has_word(const char* file, std::string_view wanted) const {
    std::istringstream words{read_small_file(parent_ / file).value_or("")};
    for (std::string word; words >> word;)
      if (word == wanted) return true;
    return false;
  }

  Error not_handed_down(const char* controller) const {
    return error(ErrorKind::invalid,
                 "{} does not pass the {} controller on, since it has processes of its own; "
                 "start the agent in a leaf group",
                 parent_.string(), controller);
  }

  const std::filesystem::path parent_;
  const std::filesystem::path directory_;
  const std::vector<std::string> directories_;
  bool created_ = false;
};

}  // namespace

std::unique_ptr<LoadCgroup> prepare_v2_group(const OwnGroup& own, std::string_view name) {
  return std::make_unique<V2Group>(own.directory(), name);
}

}  // namespace tideline::testbed
