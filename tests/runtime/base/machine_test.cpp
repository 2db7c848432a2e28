#include "runtime/base/cpu_room.h"
#include "runtime/base/kernel_files.h"
#include "runtime/base/memory_room.h"
#include "runtime/base/own_group.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace tideline {
namespace {

namespace fs = std::filesystem;

// A machine in a folder: 8 GiB, of which 4 GiB are available; four cores, in no group.
class MachineTest : public ::testing::Test {
 protected:
  MachineTest() : folder_(fs::path(::testing::TempDir()) / ("tideline-machine-" + std::to_string(::getpid()))) {
    write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          100 kB\nMemAvailable:    4194304 kB\n");
    write("proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n");
    write("proc/stat", "cpu  1 2 3\ncpu0 1\ncpu1 1\ncpu2 1\ncpu3 1\nintr 5\n");
  }
  ~MachineTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
  }
  MachineRoots roots() const { return {folder_ / "proc", folder_ / "cgroup"}; }

  const fs::path folder_;
};

TEST_F(MachineTest, WithoutGroupsTheMachineItselfIsTheRoom) {
  const auto memory = memory_room(roots());
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, Bytes{8ull << 30});
  EXPECT_EQ(memory->available, Bytes{4ull << 30});
  EXPECT_DOUBLE_EQ(memory->share, 0.5);
  const auto cpu = cpu_room(roots());
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->cores, 4) << "CPUs 4 to 7 are allowed, but not online";
  EXPECT_DOUBLE_EQ(cpu->capacity, 4);
}

TEST_F(MachineTest, OnlyTheAllowedCoresCount) {
  write("proc/self/status", "Cpus_allowed_list:\t1,3,9\n");
  EXPECT_EQ(cpu_room(roots())->cores, 2);
}

TEST_F(MachineTest, TheTightestGroupOfAllThatContainUsIsTheRoomOnV2) {
  write("proc/self/cgroup", "0::/outer/inner\n");
  write("cgroup/cgroup.controllers", "cpu memory\n");
  write("cgroup/outer/memory.max", "2147483648\n");
  write("cgroup/outer/memory.current", "1610612736\n");
  write("cgroup/outer/memory.stat", "anon 5\ninactive_file 536870912\n");
  write("cgroup/outer/inner/memory.max", "max\n");
  write("cgroup/outer/inner/memory.current", "1\n");
  write("cgroup/outer/cpu.max", "150000 100000\n");
  write("cgroup/outer/inner/cpu.max", "max 100000\n");
  const auto memory = memory_room(roots());
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, Bytes{2ull << 30});
  EXPECT_EQ(memory->available, Bytes{1ull << 30}) << "cached files can be given up and do not count as used";
  EXPECT_DOUBLE_EQ(memory->share, 0.5);
  EXPECT_DOUBLE_EQ(cpu_room(roots())->capacity, 1.5);
}

TEST_F(MachineTest, TheTightestGroupOfAllThatContainUsIsTheRoomOnV1) {
  write("proc/self/cgroup", "5:memory:/a/b\n3:cpu,cpuacct:/c\n1:name=systemd:/x\n0::/\n");
  write("cgroup/memory/a/b/memory.limit_in_bytes", "1073741824\n");
  write("cgroup/memory/a/b/memory.usage_in_bytes", "805306368\n");
  write("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("cgroup/memory/memory.usage_in_bytes", "805306368\n");
  write("cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "50000\n");
  write("cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n");
  write("cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  write("cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  const auto memory = memory_room(roots());
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, Bytes{1ull << 30});
  EXPECT_DOUBLE_EQ(memory->share, 0.25);
  EXPECT_DOUBLE_EQ(cpu_room(roots())->capacity, 0.5);
}

TEST_F(MachineTest, AHybridFindsEachControllerWhereItIs) {
  write("proc/self/cgroup", "5:memory:/m\n0::/u\n");
  write("cgroup/memory/x", "");
  const auto memory = own_group(roots(), "memory");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->version, OwnGroup::Version::v1);
  EXPECT_EQ(memory->directory(), roots().cgroup / "memory" / "m");
  const auto cpu = own_group(roots(), "cpu");
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->version, OwnGroup::Version::v2);
  EXPECT_EQ(cpu->directory(), roots().cgroup / "unified" / "u");
}

TEST_F(MachineTest, AGroupOutsideOfOurNamespaceIsTakenForItsRoot) {
  write("proc/self/cgroup", "0::/../../elsewhere\n");
  EXPECT_EQ(own_group(roots(), "cpu")->path, "");
}

TEST_F(MachineTest, WhatCannotBeReadIsAbsentAndDisturbsNothingElse) {
  fs::remove(folder_ / "proc/meminfo");
  EXPECT_FALSE(memory_room(roots()));
  EXPECT_TRUE(cpu_room(roots()));
  fs::remove(folder_ / "proc/stat");
  EXPECT_FALSE(cpu_room(roots()));
  EXPECT_FALSE(own_group(roots(), "cpu"));
}

TEST_F(MachineTest, GarbageIsAbsent) {
  for (const char* text : {"", "MemTotal:", "MemTotal: x kB\nMemAvailable: 5 kB\n", "MemTotal: 5 kB\n",
                           "MemTotal: 0 kB\nMemAvailable: 0 kB\n", "MemTotal: -4 kB\nMemAvailable: 4 kB\n",
                           "MemTotal: 18446744073709551615 kB\nMemAvailable: 4 kB\n",
                           "MemTotal: 99999999999999999999999 kB\nMemAvailable: 4 kB\n", "\xff\xfe"}) {
    write("proc/meminfo", text);
    EXPECT_FALSE(memory_room(roots())) << text;
  }
  write("proc/self/status", "Cpus_allowed_list:\t0-99999999999,x-3,-\n");
  write("proc/self/cgroup", ":::\n::\nx\n5:memory\n");
  EXPECT_TRUE(cpu_room(roots())) << "the cores of /proc/stat are still known";
}

TEST_F(MachineTest, AGroupThatIsGarbageDoesNotCount) {
  write("proc/self/cgroup", "0::/g\n");
  write("cgroup/cgroup.controllers", "");
  for (const char* limit : {"", "max", "-5", "garbage", "0"}) {
    write("cgroup/g/memory.max", limit);
    write("cgroup/g/memory.current", "5");
    write("cgroup/g/cpu.max", limit);
    EXPECT_EQ(memory_room(roots())->total, Bytes{8ull << 30}) << limit;
    EXPECT_DOUBLE_EQ(cpu_room(roots())->capacity, 4) << limit;
  }
}

TEST_F(MachineTest, AGroupThatUsesMoreThanItsLimitLeavesNothing) {
  write("proc/self/cgroup", "0::/g\n");
  write("cgroup/cgroup.controllers", "");
  write("cgroup/g/memory.max", "1000000");
  write("cgroup/g/memory.current", "2000000");
  EXPECT_EQ(memory_room(roots())->available, Bytes{0});
  EXPECT_DOUBLE_EQ(memory_room(roots())->share, 0);
}

TEST(Machine, ThisMachineTellsItsRoom) {
  const auto cpu = cpu_room({});
  ASSERT_TRUE(cpu);
  EXPECT_GE(cpu->cores, 1);
  EXPECT_LE(cpu->cores, ::sysconf(_SC_NPROCESSORS_ONLN));
  EXPECT_GT(cpu->capacity, 0);
  const auto memory = memory_room({});
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->share, 0);
  EXPECT_LE(memory->share, 1);
  EXPECT_LE(memory->available, memory->total);
}

TEST(NumberAfter, ReadsOnlyWholeKeysAtTheStartOfALine) {
  EXPECT_EQ(number_after("a 1\ntotal_a 2\nab 3\n", "ab"), 3u);
  EXPECT_EQ(number_after("total_a 2\na 1", "a"), 1u);
  EXPECT_FALSE(number_after("ab 3\n", "a"));
  EXPECT_FALSE(number_after("a\n3", "a"));
  EXPECT_FALSE(number_after("", "a"));
}

}  // namespace
}  // namespace tideline
