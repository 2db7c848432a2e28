#include "runtime/testbed/load_cgroup.h"

#include "runtime/testbed/worker.h"
#include "tests/runtime/testbed/real_machine.h"

#include <fstream>

namespace tideline::testbed {
namespace {

namespace fs = std::filesystem;

std::string unique_name() {
  return "tideline-" + std::to_string(::getpid()) + "-test";
}

// A group that is really there, or the reason why it cannot be.
struct RealGroup {
  explicit RealGroup(CgroupController controller) {
    auto prepared = prepare_group(controller, unique_name());
    if (!prepared) {
      why_not = prepared.error().message;
      return;
    }
    group = std::move(*prepared);
    directory = group->directories().front();
    if (auto created = group->create(); !created) why_not = created.error().message;
  }
  std::string read(const char* file) const { return read_small_file(directory / file).value_or("absent"); }

  std::unique_ptr<LoadCgroup> group;
  fs::path directory;
  std::string why_not;
};

Result<std::unique_ptr<Worker>> idle_worker() {
  return Worker::start([](int line) {
    std::uint64_t word = 0;
    while (worker_hears(line, word)) {
    }
  });
}

TEST(LoadCgroup, ARealCpuGroupHoldsAProcessAndItsLimitsAndIsRemoved) {
  RealGroup real(CgroupController::cpu);
  if (!real.why_not.empty()) GTEST_SKIP() << "no cpu group can be made here: " << real.why_not;
  auto worker = idle_worker();
  ASSERT_TRUE(worker);
  const auto attached = real.group->attach((*worker)->pid());
  ASSERT_TRUE(attached) << attached.error().message;
  EXPECT_EQ(real.read("cgroup.procs"), std::to_string((*worker)->pid()) + "\n");
  if (fs::exists(real.directory / "cpu.shares")) {
    ASSERT_TRUE(real.group->weigh_as(3));
    EXPECT_EQ(real.read("cpu.shares"), "3072\n");
    ASSERT_TRUE(real.group->limit_cpu(0.5));
    EXPECT_EQ(real.read("cpu.cfs_quota_us"), "50000\n");
    EXPECT_EQ(real.read("cpu.cfs_period_us"), "100000\n");
  }
  worker->reset();
  real.group.reset();
  EXPECT_FALSE(fs::exists(real.directory));
}

TEST(LoadCgroup, ARealMemoryGroupHoldsItsLimit) {
  RealGroup real(CgroupController::memory);
  if (!real.why_not.empty()) GTEST_SKIP() << "no memory group can be made here: " << real.why_not;
  if (!fs::exists(real.directory / "memory.limit_in_bytes")) GTEST_SKIP() << "the memory controller is not on v1";
  const auto limited = real.group->limit_memory(64_MiB);
  ASSERT_TRUE(limited) << limited.error().message;
  EXPECT_EQ(real.read("memory.limit_in_bytes"), "67108864\n");
}

TEST(LoadCgroup, ItIsMadeBeneathTheGroupThatWeAreIn) {
  const auto own = own_group({}, "memory");
  const auto group = prepare_group(CgroupController::memory, unique_name());
  if (!own || !group) GTEST_SKIP() << "no memory controller here";
  EXPECT_EQ(fs::path((*group)->directories().front()).parent_path(), own->directory());
}

TEST(LoadCgroup, AProcessThatDoesNotExistCannotBeAttached) {
  RealGroup real(CgroupController::cpu);
  if (!real.why_not.empty()) GTEST_SKIP() << real.why_not;
  const auto attached = real.group->attach(999'999'999);
  ASSERT_FALSE(attached);
  EXPECT_EQ(attached.error().kind, ErrorKind::invalid);
  EXPECT_NE(attached.error().message.find(real.directory.string()), std::string::npos);
}

// A v2 hierarchy in a folder: the kernel's files are plain files.
class V2GroupTest : public ::testing::Test {
 protected:
  V2GroupTest() : folder_(fs::path(::testing::TempDir()) / unique_name()) { fs::create_directories(folder_ / "own"); }
  ~V2GroupTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ / file) << text; }
  std::string read(const std::string& file) const { return read_small_file(folder_ / file).value_or("absent"); }
  std::unique_ptr<LoadCgroup> prepare() const {
    return prepare_v2_group({OwnGroup::Version::v2, folder_, "own"}, "load");
  }

  const fs::path folder_;
};

TEST_F(V2GroupTest, WritesTheFilesOfTheKernel) {
  write("own/cgroup.controllers", "cpuset cpu io memory pids\n");
  write("own/cgroup.subtree_control", "cpu memory\n");
  const auto group = prepare();
  EXPECT_EQ(group->directories(), std::vector<std::string>{(folder_ / "own" / "load").string()});
  EXPECT_FALSE(fs::exists(folder_ / "own" / "load")) << "nothing is made before create()";
  ASSERT_TRUE(group->create());
  EXPECT_TRUE(group->attach(4242));
  EXPECT_TRUE(group->weigh_as(3));
  EXPECT_TRUE(group->limit_cpu(1.5));
  EXPECT_TRUE(group->limit_memory(1_MiB));
  EXPECT_EQ(read("own/load/cgroup.procs"), "4242");
  EXPECT_EQ(read("own/load/cpu.weight"), "300");
  EXPECT_EQ(read("own/load/cpu.max"), "150000 100000");
  EXPECT_EQ(read("own/load/memory.max"), "1048576");
}

TEST_F(V2GroupTest, AsksForBothControllersInOneWrite) {
  write("own/cgroup.controllers", "cpu memory\n");
  write("own/cgroup.subtree_control", "");
  ASSERT_TRUE(prepare()->create());
  EXPECT_EQ(read("own/cgroup.subtree_control"), "+cpu +memory");
}

TEST_F(V2GroupTest, DoesNotAskForTheCpuAlone) {
  write("own/cgroup.controllers", "cpu\n");
  write("own/cgroup.subtree_control", "");
  ASSERT_TRUE(prepare()->create());
  EXPECT_EQ(read("own/cgroup.subtree_control"), "") << "that would make a threaded group of our own";
}

TEST_F(V2GroupTest, WithoutControllersItHoldsProcessesAndRefusesLimits) {
  const auto group = prepare();
  ASSERT_TRUE(group->create());
  EXPECT_TRUE(group->attach(4242));
  EXPECT_TRUE(group->weigh_as(3));
  const auto limited = group->limit_memory(1_MiB);
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().kind, ErrorKind::invalid);
  EXPECT_NE(limited.error().message.find("memory"), std::string::npos);
  EXPECT_FALSE(group->limit_cpu(1));
  EXPECT_FALSE(fs::exists(folder_ / "own/load/memory.max"));
}

TEST_F(V2GroupTest, AnEmptyGroupIsRemoved) {
  auto group = prepare();
  ASSERT_TRUE(group->create());
  ASSERT_TRUE(fs::exists(folder_ / "own/load"));
  group.reset();
  EXPECT_FALSE(fs::exists(folder_ / "own/load"));
}

TEST_F(V2GroupTest, AParentThatIsNotThereIsAClearError) {
  fs::remove_all(folder_ / "own");
  const auto created = prepare()->create();
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::invalid);
  EXPECT_NE(created.error().message.find("own/load"), std::string::npos);
}

TEST_F(V2GroupTest, OneThatIsAlreadyThereIsNotTakenOver) {
  fs::create_directories(folder_ / "own/load");
  EXPECT_FALSE(prepare()->create());
  EXPECT_TRUE(fs::exists(folder_ / "own/load")) << "what we did not make we do not remove";
}

}  // namespace
}  // namespace tideline::testbed
