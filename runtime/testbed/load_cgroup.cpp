#include "runtime/testbed/load_cgroup.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace tideline::testbed {
namespace {

bool is_v2(const std::filesystem::path& directory) {
  struct statfs about{};
  return ::statfs(directory.c_str(), &about) == 0 && about.f_type == CGROUP2_SUPER_MAGIC;
}

}  // namespace

Result<std::unique_ptr<LoadCgroup>> prepare_group(CgroupController controller, std::string_view name) {
  const std::string_view word = controller == CgroupController::cpu ? "cpu" : "memory";
  const auto own = own_group(MachineRoots{}, word);
  if (!own) return error(ErrorKind::invalid, "there are no control groups here: /proc/self/cgroup names none");
  if (own->version == OwnGroup::Version::v1) return prepare_v1_group(controller, *own, name);
  if (!is_v2(own->mount))
    return error(ErrorKind::invalid, "{} is no cgroup v2 file system; mount one there", own->mount.string());
  return prepare_v2_group(*own, name);
}

void remove_group_directory(const std::string& directory) {
  for (int attempt = 0; attempt < 100 && ::rmdir(directory.c_str()) != 0 && errno == EBUSY; ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace tideline::testbed
