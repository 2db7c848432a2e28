#include "runtime/monitor/monitor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <vector>

namespace tideline::monitor {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class FakeLink final : public link::Link {
 public:
  std::unique_ptr<link::Pending> send(wire::TailRequest) override { return nullptr; }
  void probe(Bytes payload) override { probes.push_back(payload); }
  Result<wire::LoadAnswer> impose(const wire::CloudLoad&, TimePoint) override { return wire::LoadAnswer{}; }
  void limit(std::optional<BitsPerSecond>) override {}
  void delay(Duration) override {}
  link::LinkState state() const override { return now; }

  link::LinkState now;
  std::vector<Bytes> probes;
};

// A copy of fixtures/healthy that a test may spoil: 75 % of the machine's memory and 50 % of the group's are free.
class MonitorTest : public ::testing::Test {
 protected:
  MonitorTest() : folder_(fs::path(::testing::TempDir()) / ("tideline-monitor-" + std::to_string(::getpid()))) {
    fs::copy(fs::path(TIDELINE_SOURCE) / "tests/runtime/monitor/fixtures/healthy", folder_,
             fs::copy_options::recursive);
    link_.now.up = true;
    link_.now.models["digest"] = "alexnet";
  }
  ~MonitorTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  Monitor monitor(link::Link* link) {
    Monitor::Options options;
    options.proc = folder_ / "proc";
    options.cgroup = folder_ / "cgroup";
    return Monitor(options, "digest", traffic_, link);
  }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ / file) << text; }
  void stall(std::uint64_t total) const {
    write("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + std::to_string(total) + "\n");
  }
  void uplink(BitsPerSecond rate, TimePoint at) {
    traffic_.on_sample({.uplink = plan::Rate{rate}, .rtt = {}, .at = at});
  }

  const fs::path folder_;
  const TimePoint start_ = Clock::now();
  Traffic traffic_{nullptr};
  FakeLink link_;
};

TEST_F(MonitorTest, PressureIsTheShareOfTheTimeSinceTheLastSample) {
  auto m = monitor(nullptr);
  EXPECT_FALSE(m.sample(start_).edge_cpu_pressure) << "one reading of a counter tells no share";
  stall(1'050'000);
  const auto seen = m.sample(start_ + milliseconds(200));
  ASSERT_TRUE(seen.edge_cpu_pressure);
  EXPECT_NEAR(*seen.edge_cpu_pressure, 0.25, 1e-9);
  EXPECT_NEAR(*m.sample(start_ + milliseconds(400)).edge_cpu_pressure, 0, 1e-9);
}

TEST_F(MonitorTest, PressureNeverExceedsOne) {
  auto m = monitor(nullptr);
  m.sample(start_);
  stall(9'000'000);
  EXPECT_EQ(m.sample(start_ + milliseconds(100)).edge_cpu_pressure, 1.0);
}

TEST_F(MonitorTest, MemoryIsTheTighterOfMachineAndGroup) {
  EXPECT_EQ(monitor(nullptr).sample(start_).edge_memory_free, 0.5);
  write("cgroup/unit/memory.max", "max\n");
  EXPECT_EQ(monitor(nullptr).sample(start_).edge_memory_free, 0.75);
}

TEST_F(MonitorTest, AMissingSensorIsAbsentAndTheOthersAreThere) {
  auto m = monitor(nullptr);
  m.sample(start_);
  fs::remove(folder_ / "proc/pressure/cpu");
  auto seen = m.sample(start_ + milliseconds(100));
  EXPECT_FALSE(seen.edge_cpu_pressure);
  EXPECT_TRUE(seen.edge_memory_free);
  fs::remove(folder_ / "proc/meminfo");
  stall(5);
  m.sample(start_ + milliseconds(200));
  seen = m.sample(start_ + milliseconds(300));
  EXPECT_TRUE(seen.edge_cpu_pressure);
  EXPECT_FALSE(seen.edge_memory_free);
  fs::remove_all(folder_);
  EXPECT_EQ(m.sample(start_ + milliseconds(400)), plan::Conditions{});
}

TEST_F(MonitorTest, GarbageIsAbsentNotZero) {
  for (const char* text :
       {"", "some", "some avg10=0.00", "some avg10=0.00 total=", "some avg10=0.00 total=x\n", "some total=-5\n",
        "some avg10=1\nfull total=7\n", "full avg10=0.00 total=7\n", "awesome avg10=0 total=7\n",
        "some avg10=0 total=18446744073709551615\n", "some avg10=0 total=99999999999999999999999\n", "\xff\xfe"}) {
    write("proc/pressure/cpu", text);
    auto m = monitor(nullptr);
    m.sample(start_);
    const auto seen = m.sample(start_ + milliseconds(100));
    EXPECT_FALSE(seen.edge_cpu_pressure) << text;
    EXPECT_EQ(seen.edge_memory_free, 0.5);
  }
  write("proc/meminfo", "MemTotal: lots\n");
  EXPECT_FALSE(monitor(nullptr).sample(start_).edge_memory_free);
}

TEST_F(MonitorTest, ACounterOrAClockThatRunsBackwardsIsAbsentOnce) {
  auto m = monitor(nullptr);
  m.sample(start_);
  stall(500);
  EXPECT_FALSE(m.sample(start_ + milliseconds(100)).edge_cpu_pressure);
  EXPECT_TRUE(m.sample(start_ + milliseconds(200)).edge_cpu_pressure);
  EXPECT_FALSE(m.sample(start_ + milliseconds(200)).edge_cpu_pressure) << "no time has passed";
}

TEST_F(MonitorTest, AnIncompleteStatisticOfTheGroupStillTellsItsMemory) {
  fs::remove(folder_ / "cgroup/unit/memory.stat");
  EXPECT_EQ(monitor(nullptr).sample(start_).edge_memory_free, 0.5);
  fs::remove(folder_ / "cgroup/unit/memory.current");
  EXPECT_EQ(monitor(nullptr).sample(start_).edge_memory_free, 0.75) << "without its usage the group does not count";
}

TEST_F(MonitorTest, ThePeerIsUpIffItIsConnectedAndHoldsTheModel) {
  EXPECT_FALSE(monitor(nullptr).sample(start_).peer_up) << "without a peer there is no reading";
  EXPECT_EQ(monitor(&link_).sample(start_).peer_up, true);
  link_.now.up = false;
  EXPECT_EQ(monitor(&link_).sample(start_).peer_up, false);
  link_.now.up = true;
  link_.now.models = {{"another", "vgg16"}};
  EXPECT_EQ(monitor(&link_).sample(start_).peer_up, false);
}

TEST_F(MonitorTest, APeerOfAnotherPrecisionThanIsExpectedCountsAsNone) {
  auto m = monitor(&link_);
  link_.now.precision = Precision::bf16;
  EXPECT_EQ(m.sample(start_).peer_up, true) << "nothing is expected yet";
  m.expect(Precision::fp32);
  EXPECT_EQ(m.sample(start_).peer_up, false);
  m.expect(Precision::bf16);
  EXPECT_EQ(m.sample(start_).peer_up, true);
  m.expect(std::nullopt);
  link_.now.precision = Precision::fp32;
  EXPECT_EQ(m.sample(start_).peer_up, true);
}

TEST_F(MonitorTest, TheSlotsAreThoseOfACloudThatServesTheModel) {
  link_.now.slots = 4;
  EXPECT_EQ(monitor(&link_).sample(start_).cloud_slots, 4);
  EXPECT_FALSE(monitor(nullptr).sample(start_).cloud_slots);
  link_.now.models = {{"another", "vgg16"}};
  EXPECT_FALSE(monitor(&link_).sample(start_).cloud_slots);
}

TEST_F(MonitorTest, WhatTrafficToldIsPassedOn) {
  uplink(20_Mbps, start_);
  traffic_.on_sample({.uplink = {}, .rtt = milliseconds(7), .at = start_});
  const auto seen = monitor(&link_).sample(start_ + milliseconds(1));
  ASSERT_TRUE(seen.uplink && seen.rtt);
  EXPECT_NEAR(seen.uplink->value, 20e6, 1);
  EXPECT_EQ(*seen.rtt, milliseconds(7));
  EXPECT_FALSE(seen.edge_slowdown || seen.cloud_slowdown);
}

TEST_F(MonitorTest, AProbeIsSentAndCounted) {
  auto m = monitor(&link_);
  m.sample(start_);
  EXPECT_TRUE(link_.probes.empty()) << "looking sends nothing";
  m.probe(32_KiB, start_);
  EXPECT_EQ(link_.probes, std::vector<Bytes>{32_KiB});
  EXPECT_EQ(traffic_.sent_today(start_), 32_KiB);
  monitor(nullptr).probe(32_KiB, start_);
  EXPECT_EQ(traffic_.sent_today(start_), 32_KiB);
}

TEST_F(MonitorTest, ThrottlingIsTheShareOfPeriodsSinceTheLastSample) {
  auto m = monitor(nullptr);
  write("cgroup/unit/cpu.stat", "usage_usec 5\nnr_periods 100\nnr_throttled 10\nthrottled_usec 7\n");
  EXPECT_FALSE(m.sample(start_).edge_throttled);
  write("cgroup/unit/cpu.stat", "usage_usec 5\nnr_periods 120\nnr_throttled 15\nthrottled_usec 7\n");
  EXPECT_EQ(m.sample(start_).edge_throttled, 0.25);
  EXPECT_EQ(m.sample(start_).edge_throttled, 0) << "no period was over";
  write("cgroup/unit/cpu.stat", "nr_periods 3\n");
  EXPECT_FALSE(m.sample(start_).edge_throttled);
}

TEST_F(MonitorTest, MajorFaultsAreThoseSinceTheLastSample) {
  const auto faults = [&](int count) {
    write("proc/self/stat", "7 (a (b) c) S 1 2 3 4 5 6 7 8 " + std::to_string(count) + " 10 11 12\n");
  };
  auto m = monitor(nullptr);
  EXPECT_FALSE(m.sample(start_).edge_major_faults);
  faults(40);
  EXPECT_FALSE(m.sample(start_).edge_major_faults);
  faults(42);
  EXPECT_EQ(m.sample(start_).edge_major_faults, 2u);
  write("proc/self/stat", "7 (agent) S 1 2");
  EXPECT_FALSE(m.sample(start_).edge_major_faults);
}

TEST_F(MonitorTest, AStalledUplinkIsToldForHowLong) {
  traffic_.on_sample({.at = start_, .stall = milliseconds(400)});
  EXPECT_EQ(monitor(nullptr).sample(start_).uplink_stalled, milliseconds(400));
}

TEST(Monitor, ThisMachineIsRead) {
  Traffic traffic(nullptr);
  Monitor monitor({}, "digest", traffic, nullptr);
  const auto seen = monitor.sample(Clock::now());
  ASSERT_TRUE(seen.edge_memory_free);
  EXPECT_GT(*seen.edge_memory_free, 0);
  EXPECT_LE(*seen.edge_memory_free, 1);
  EXPECT_FALSE(seen.peer_up);
}

TEST_F(MonitorTest, ManyMonitorsLookAtTheMachineOnceForEachMoment) {
  const auto around =
      std::make_shared<SharedSensors>(SharedSensors::Options{folder_ / "proc", folder_ / "cgroup"}, &link_);
  Monitor one("digest", traffic_, &link_, around), other("another", traffic_, &link_, around);
  stall(0);
  one.sample(start_);
  other.sample(start_);
  stall(50'000);
  const TimePoint later = start_ + milliseconds(100);
  const plan::Conditions first = one.sample(later);
  ASSERT_TRUE(first.edge_cpu_pressure);
  EXPECT_NEAR(*first.edge_cpu_pressure, 0.5, 1e-9);
  stall(90'000);
  link_.now.up = false;
  EXPECT_EQ(other.sample(later).edge_cpu_pressure, first.edge_cpu_pressure) << "and not since then";
  EXPECT_EQ(first.peer_up, true);
  EXPECT_EQ(one.peer_up(later), true) << "as it was seen at that moment";
  EXPECT_EQ(other.peer_up(later), false);
  EXPECT_EQ(one.peer_up(later + milliseconds(1)), false);
}

}  // namespace
}  // namespace tideline::monitor
