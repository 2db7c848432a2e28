#include "runtime/testbed/memory_load.h"

#include "tests/runtime/testbed/real_machine.h"

#include <fstream>

namespace tideline::testbed {
namespace {

constexpr Bytes kGiB{1ull << 30};

// The most that a process holds that was to hold so much: AddressSanitizer keeps a byte of its own for every eight,
// unless it had that byte already.
constexpr Bytes held_of(Bytes asked) {
#if defined(__SANITIZE_ADDRESS__)
  return {asked.count / 8 * 9};
#else
  return asked;
#endif
}

TimePoint in_a_minute() {
  return Clock::now() + std::chrono::seconds(60);
}

// Returns the share of what is available that is about 200 MiB, so that the tests are quick on any machine.
double small_share() {
  return static_cast<double>((200_MiB).count) / static_cast<double>(memory_room({})->available.count);
}

TEST(MemoryLoad, TakesAShareOfWhatIsAvailable) {
  EXPECT_EQ(*memory_to_take(0.5, {{8 * kGiB.count}, {4 * kGiB.count}, 0.5}), Bytes{2 * kGiB.count});
}

TEST(MemoryLoad, AlwaysLeavesATenthOfAllMemory) {
  const MemoryRoom room{{10 * kGiB.count}, {8 * kGiB.count}, 0.8};
  EXPECT_EQ(*memory_to_take(1, room), Bytes{7 * kGiB.count});
}

TEST(MemoryLoad, AlwaysLeavesAQuarterOfAGibibyte) {
  const MemoryRoom room{kGiB, {600 << 20}, 0.6};
  EXPECT_EQ(*memory_to_take(1, room), Bytes{344 << 20});
}

TEST(MemoryLoad, WhereOnlyTheReserveIsLeftItIsRefused) {
  const auto take = memory_to_take(0.5, {kGiB, 200_MiB, 0.2});
  ASSERT_FALSE(take);
  EXPECT_EQ(take.error().kind, ErrorKind::invalid);
  EXPECT_NE(take.error().message.find("200 MiB"), std::string::npos) << take.error().message;
}

TEST(MemoryLoad, IsHeldAndGivenBack) {
  auto load = MemoryLoad::start(small_share(), {}, true, in_a_minute());
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_GE((*load)->held(), 192_MiB);
  EXPECT_LE((*load)->held(), held_of(208_MiB));
  EXPECT_NEAR((*load)->measure() / small_share(), 1, 0.3);
  const pid_t pid = (*load)->crew().workers().front()->pid();
  EXPECT_EQ(read_small_file("/proc/" + std::to_string(pid) + "/oom_score_adj"), "1000\n");
  const auto groups = (*load)->crew().group() ? (*load)->crew().group()->directories() : std::vector<std::string>{};
  for (const auto& group : groups) {
    const auto usage = number_in_file(std::filesystem::path(group) / "memory.usage_in_bytes");
    EXPECT_GE(usage.value_or((200_MiB).count), (200_MiB).count) << "the memory is charged to another group";
  }
  load->reset();
  EXPECT_FALSE(runs(pid));
  for (const auto& group : groups) EXPECT_FALSE(std::filesystem::exists(group));
}

TEST(MemoryLoad, OneThatCannotGrowInTimeIsRefusedAndGone) {
  const auto load = MemoryLoad::start(small_share(), {}, false, Clock::now());
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, ErrorKind::invalid);
  EXPECT_NE(load.error().message.find("in time"), std::string::npos) << load.error().message;
}

TEST(MemoryLoad, AllOfItIsAllButTheReserveAndARemarkSaysSo) {
  // A machine that has 100 MiB more than the reserve.
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("tideline-memory-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "meminfo") << "MemTotal: 1048576 kB\nMemAvailable: " << (356 << 10) << " kB\n";
  auto load = MemoryLoad::start(1, {folder, folder}, false, in_a_minute());
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_LE((*load)->held(), held_of(101_MiB));
  ASSERT_FALSE((*load)->remarks().empty());
  EXPECT_NE((*load)->remarks().front().find("256 MiB are always left"), std::string::npos);
}

TEST(MemoryLoad, AMachineThatDoesNotTellWhatIsFreeIsRefused) {
  const auto load = MemoryLoad::start(0.5, {"/no/such/proc", "/no/such/cgroup"}, true, in_a_minute());
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::testbed
