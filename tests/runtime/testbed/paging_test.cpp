#include "runtime/testbed/paging.h"

#include "runtime/testbed/load_cgroup.h"
#include "tests/runtime/testbed/real_machine.h"
#include "tests/support/temporary.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>

#include <fstream>

namespace tideline::testbed {
namespace {

using testing::HasSubstr;
using testing::Optional;

// A folder that stands for /proc and /sys/fs/cgroup.
class FakeKernel {
 public:
  FakeKernel() { std::filesystem::create_directories(roots().proc / "self"); }
  MachineRoots roots() const { return {folder_ / "proc", folder_ / "cgroup"}; }
  void write(const std::filesystem::path& file, std::string_view text) const {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

 private:
  const TemporaryFolder folder_;
};

TEST(Paging, ReadsTheMachineAndItsGroupOfV2) {
  const FakeKernel kernel;
  kernel.write(kernel.roots().proc / "vmstat",
               "pgfault 9\npgmajfault 70\nworkingset_refault_anon 5\n"
               "workingset_refault_file 6\n");
  kernel.write(
      kernel.roots().proc / "pressure" / "memory",
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=9000\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=2500\n");
  kernel.write(kernel.roots().proc / "self" / "cgroup", "0::/a/b\n");
  kernel.write(kernel.roots().cgroup / "cgroup.controllers", "memory");
  kernel.write(kernel.roots().cgroup / "a" / "b" / "memory.stat", "pgmajfault 7\nworkingset_refault_file 3\n");
  kernel.write(kernel.roots().cgroup / "a" / "b" / "memory.pressure", "full avg10=0.00 total=4\n");
  const auto reading = read_paging(kernel.roots());
  EXPECT_EQ(reading.machine, (PagingCounts{70, 11, std::chrono::microseconds(2500)}));
  EXPECT_EQ(reading.group, (PagingCounts{7, 3, std::chrono::microseconds(4)}));
}

TEST(Paging, ReadsAGroupOfV1WithThoseBeneathIt) {
  const FakeKernel kernel;
  kernel.write(kernel.roots().proc / "self" / "cgroup", "4:memory:/a\n");
  kernel.write(kernel.roots().cgroup / "memory" / "a" / "memory.stat",
               "pgmajfault 1\ntotal_pgmajfault 8\ntotal_workingset_refault_anon 2\ntotal_workingset_refault_file 3\n");
  const auto reading = read_paging(kernel.roots());
  EXPECT_EQ(reading.machine, PagingCounts{});
  EXPECT_EQ(reading.group, (PagingCounts{8, 5, std::nullopt}));
}

TEST(Paging, WhatCannotBeReadIsAbsentAndSaid) {
  const FakeKernel kernel;
  const auto nothing = read_paging(kernel.roots());
  EXPECT_EQ(nothing.machine, PagingCounts{});
  EXPECT_EQ(nothing.group, PagingCounts{});
  EXPECT_THAT(paging_remark(nothing, nothing, std::chrono::seconds(1)),
              Optional(HasSubstr("cannot tell whether the machine pages")));
}

TEST(Paging, FullMemoryThatIsNotReadBackIsNoPaging) {
  const PagingReading before{{100, 50, Duration{}}, {}};
  EXPECT_EQ(paging_remark(before, before, std::chrono::seconds(2)), std::nullopt);
  // A program that starts: many pages for the first time, none again.
  const PagingReading started{{5100, 50, Duration{}}, {}};
  EXPECT_EQ(paging_remark(before, started, std::chrono::seconds(2)), std::nullopt);
  // A large file that is read again: no fault of any program's memory.
  const PagingReading read{{100, 90'000, Duration{}}, {}};
  EXPECT_EQ(paging_remark(before, read, std::chrono::seconds(2)), std::nullopt);
}

TEST(Paging, PagesThatComeBackAreToldPerSecond) {
  const PagingReading before{{100, 50, Duration{}}, {}};
  const PagingReading after{{2568, 8050, std::chrono::milliseconds(240)}, {}};
  EXPECT_EQ(paging_remark(before, after, std::chrono::seconds(2)),
            "the machine pages (1,234 major faults a second, 4,000 pages a second read back, no task could run for "
            "12 % of the time)");
}

TEST(Paging, AStallAloneIsEnough) {
  const PagingReading before{{std::nullopt, std::nullopt, Duration{}}, {}};
  const PagingReading after{{std::nullopt, std::nullopt, std::chrono::milliseconds(50)}, {}};
  EXPECT_EQ(paging_remark(before, after, std::chrono::seconds(1)),
            "the machine pages (no task could run for 5 % of the time)");
}

TEST(Paging, AGroupThatPagesAloneIsNamed) {
  const PagingReading before{{0, 0, Duration{}}, {0, 0, Duration{}}};
  const PagingReading after{{20, 20, Duration{}}, {20, 20, std::chrono::milliseconds(200)}};
  EXPECT_THAT(paging_remark(before, after, std::chrono::seconds(1)), Optional(HasSubstr("its control group pages")));
}

TEST(Paging, CountsThatFallSayNothing) {
  const auto rates = rates_between({100, 100, std::nullopt}, {50, 100, std::nullopt}, std::chrono::seconds(1));
  EXPECT_FALSE(rates.major_faults);
  EXPECT_TRUE(rates.refaults);
  EXPECT_FALSE(rates.pages());
}

// Reads a file again and again that is larger than its control group lets it keep.
TEST(Paging, AProcessThatReallyPagesIsSeen) {
  const auto own = own_group({}, "memory");
  if (!own || own->version != OwnGroup::Version::v1) GTEST_SKIP() << "needs a memory controller of cgroup v1";
  const auto group = own->directory() / ("tideline-paging-" + std::to_string(::getpid()));
  std::error_code problem;
  if (!std::filesystem::create_directory(group, problem)) GTEST_SKIP() << "no control group: " << problem.message();
  const TemporaryFolder folder;
  const auto file = folder / "pages";
  constexpr std::size_t kSize = 48 << 20;
  {
    std::ofstream(file) << std::string(kSize, 'x');
  }
  std::ofstream(group / "memory.limit_in_bytes") << (16 << 20);
  auto line = make_line();
  ASSERT_TRUE(line);
  const pid_t reader = ::fork();
  if (reader == 0) {
    {
      std::ofstream(group / "cgroup.procs") << ::getpid();
    }
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    ::fsync(fd);
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);  // So that its pages are charged to this group.
    const auto* bytes = static_cast<const volatile char*>(::mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE, fd, 0));
    for (char sum = 0;;) {
      for (std::size_t at = 0; at < kSize; at += 4096) sum = static_cast<char>(sum + bytes[at]);
      (void)!::write(line->theirs.get(), &sum, 1);
    }
  }
  const auto before = read_paging({});
  const auto from = Clock::now();
  const bool seen = eventually([&] {
    const auto told = paging_remark(before, read_paging({}), Clock::now() - from);
    return told && told->find("pages (") != std::string::npos;
  });
  ::kill(reader, SIGKILL);
  reap(reader);
  remove_group_directory(group.string());
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace tideline::testbed
