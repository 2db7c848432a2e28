#include "runtime/testbed/cpu_load.h"

#include "tests/runtime/testbed/real_machine.h"

#include <fstream>

namespace tideline::testbed {
namespace {

constexpr auto kWindow = std::chrono::milliseconds(400);

std::unique_ptr<CpuLoad> started(double share, bool grouped) {
  auto load = CpuLoad::start(share, {}, grouped);
  EXPECT_TRUE(load) << load.error().message;
  return load ? std::move(*load) : nullptr;
}

TEST(CpuLoad, HalfIsReachedWhenTheMachineLetsIt) {
  const auto load = started(0.5, true);
  ASSERT_TRUE(load);
  double reached = 0;
  // Others may hold the cores for a while: it is enough that it gets there, and it never gets beyond.
  EXPECT_TRUE(eventually(
      [&] {
        reached = load->measure(kWindow);
        EXPECT_LT(reached, 0.65);
        return reached > 0.4;
      },
      std::chrono::seconds(60)))
      << "reached " << reached;
}

TEST(CpuLoad, OneProcessPerCoreInAGroupOfItsOwn) {
  const auto load = started(1, true);
  ASSERT_TRUE(load);
  EXPECT_EQ(load->crew().workers().size(), static_cast<std::size_t>(load->room().cores));
  if (!load->crew().group()) GTEST_SKIP() << "no control group here: " << load->crew().why_no_group();
  const std::filesystem::path group = load->crew().group()->directories().front();
  const auto inside = read_small_file(group / "cgroup.procs").value_or("");
  for (const auto& worker : load->crew().workers())
    EXPECT_NE(("\n" + inside).find("\n" + std::to_string(worker->pid()) + "\n"), std::string::npos);
}

TEST(CpuLoad, NothingStaysWhenItEnds) {
  auto load = started(0.1, true);
  ASSERT_TRUE(load);
  std::vector<pid_t> pids;
  for (const auto& worker : load->crew().workers()) pids.push_back(worker->pid());
  const auto groups = load->crew().group() ? load->crew().group()->directories() : std::vector<std::string>{};
  load.reset();
  for (const pid_t pid : pids) EXPECT_FALSE(runs(pid));
  for (const auto& group : groups) EXPECT_FALSE(std::filesystem::exists(group));
}

TEST(CpuLoad, WithoutAGroupItLoadsAllTheSame) {
  const auto load = started(1, false);
  ASSERT_TRUE(load);
  EXPECT_EQ(load->crew().group(), nullptr);
  EXPECT_TRUE(load->remarks().empty());
  EXPECT_GT(load->measure(kWindow), 0.05);
}

TEST(CpuLoad, AShareIsOfWhatTheQuotaLeaves) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("tideline-quota-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "proc/self");
  std::filesystem::create_directories(folder / "cgroup");
  std::ofstream(folder / "proc/stat") << "cpu0 1\n";
  std::ofstream(folder / "proc/self/status") << "Cpus_allowed_list:\t0\n";
  std::ofstream(folder / "proc/self/cgroup") << "0::/\n";
  std::ofstream(folder / "cgroup/cgroup.controllers") << "cpu\n";
  std::ofstream(folder / "cgroup/cpu.max") << "40000 100000\n";
  auto load = CpuLoad::start(0.5, {folder / "proc", folder / "cgroup"}, false);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(load) << load.error().message;
  ASSERT_EQ((*load)->crew().workers().size(), 1u);
  const Worker& worker = *(*load)->crew().workers().front();
  const auto from = Clock::now();
  const auto before = worker.cpu_time();
  (*load)->measure(kWindow);
  const auto spent = *worker.cpu_time() - *before;
  EXPECT_LT(seconds(spent), 0.3 * seconds(Clock::now() - from)) << "half of 0.4 cores is 0.2 cores";
  EXPECT_GT(spent, Duration::zero());
}

TEST(CpuLoad, AMachineThatDoesNotTellItsCoresIsRefused) {
  const auto load = CpuLoad::start(0.5, {"/no/such/proc", "/no/such/cgroup"}, true);
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::testbed
