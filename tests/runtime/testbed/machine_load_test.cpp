#include "runtime/testbed/machine_load.h"

#include "tests/runtime/testbed/real_machine.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

namespace tideline::testbed {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A machine with 150 MiB more than what is always left, and as many major faults as it is told.
class SmallMachine {
 public:
  SmallMachine() {
    folder_.with("meminfo", "MemTotal: 1048576 kB\nMemAvailable: " + std::to_string(406 << 10) + " kB\n");
    fault(0);
  }
  MachineRoots roots() const { return {folder_ / "", folder_ / ""}; }
  MachineLoad::Options options() const { return {.roots = roots(), .grouped = false}; }

  // Replaced as a whole, so that no reader sees half of it.
  void fault(std::uint64_t pages) const {
    const auto text = fmt::format("pgmajfault {0}\nworkingset_refault_anon 0\nworkingset_refault_file {0}\n", pages);
    std::filesystem::rename(folder_.with("new", text), folder_ / "vmstat");
  }

 private:
  const TemporaryFolder folder_;
};

// Pages without end for as long as it lives.
class Thrashing {
 public:
  explicit Thrashing(const SmallMachine& machine)
      : thread_([&machine](const std::stop_token& done) {
          for (std::uint64_t pages = 0; !done.stop_requested();
               std::this_thread::sleep_for(std::chrono::milliseconds(1)))
            machine.fault(pages += 100);
        }) {}

 private:
  std::jthread thread_;
};

constexpr LoadShares kThird{0, 0.3};

TEST(MachineLoad, MemoryThatIsMerelyFullIsNotSaidToPage) {
  const SmallMachine machine;
  MachineLoad load(machine.options());
  const auto reached = load.impose(kThird);
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_THAT(reached->remarks, Each(Not(HasSubstr("pages"))));
  EXPECT_FALSE(reached->cpu_left);
}

TEST(MachineLoad, AMachineThatPagesUnderTheLoadIsToldFromOneThatIsFull) {
  const SmallMachine machine;
  MachineLoad load(machine.options());
  const Thrashing thrashing(machine);
  const auto reached = load.impose(kThird);
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_THAT(reached->remarks, Contains(HasSubstr("memory load: the machine pages (")));
  EXPECT_THAT(reached->remarks, Contains(HasSubstr(" major faults a second")));
}

// Only what runs beside the load may make it page: that is seen at the next question.
TEST(MachineLoad, PagingThatCameLaterIsToldWithTheNextAnswer) {
  const SmallMachine machine;
  MachineLoad load(machine.options());
  ASSERT_TRUE(load.impose(kThird));
  machine.fault(1'000'000);
  auto reached = load.impose({});
  ASSERT_TRUE(reached);
  EXPECT_THAT(reached->remarks, ElementsAre(HasSubstr("memory load: while 30 % were held, the machine "
                                                      "pages (")));
  reached = load.impose({});
  EXPECT_TRUE(reached->remarks.empty()) << "told once";
}

TEST(MachineLoad, AShortfallSaysWhatWasAskedWhatWasReachedWhyAndWhatToDo) {
  EXPECT_EQ(shortfall("cpu load", 0.5, 0.46, "others run"), std::nullopt);
  EXPECT_EQ(shortfall("cpu load", 1, 0.61, "others run; end them"),
            "cpu load: asked for 100 %, reached 61 %, since others run; end them");
}

TEST(MachineLoad, AllOfTheMemoryReachesLessAndSaysWhy) {
  const SmallMachine machine;
  MachineLoad load(machine.options());
  const auto reached = load.impose({0, 1});
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_THAT(reached->remarks, Contains(HasSubstr("memory load: asked for 100 %, reached ")));
  EXPECT_THAT(reached->remarks, Contains(HasSubstr("some memory is always left")));
  EXPECT_LT(reached->shares.memory, 0.5);
}

TEST(MachineLoad, WhatACpuLoadLeavesIsMeasuredBesideIt) {
  MachineLoad load({});
  const auto reached = load.impose({1, 0});
  ASSERT_TRUE(reached) << reached.error().message;
  ASSERT_TRUE(reached->cpu_left);
  // Half of it where nobody else runs; others may take more.
  EXPECT_GT(*reached->cpu_left, 0);
  EXPECT_LT(*reached->cpu_left, 0.9);
}

}  // namespace
}  // namespace tideline::testbed
