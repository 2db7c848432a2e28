#include "runtime/testbed/edge_stage.h"

#include "runtime/testbed/local_stressor.h"
#include "tests/runtime/testbed/real_machine.h"

#include <fmt/ranges.h>

#include <cmath>

namespace tideline::testbed {
namespace {

// A link whose probes find 95 % of the last limit.
struct ShapedLink {
  ShapedLink() {
    link.on_probe = [this](Bytes) {
      if (!link.limits.empty() && link.limits.back())
        told = UplinkReading{{0.95 * link.limits.back()->value}, Clock::now()};
    };
  }
  UplinkSensor sensor() {
    return [this] { return told; };
  }
  FakeLink link;
  std::optional<UplinkReading> told;
};

plan::Stress edge_stress(double cpu, double memory) {
  return {std::nullopt, cpu, memory, 0, 0};
}

plan::Stress cloud_stress(double cpu, double memory, std::optional<BitsPerSecond> uplink = std::nullopt) {
  return {uplink, 0, 0, cpu, memory};
}

EdgeStage::Options on_interface(const std::string& name) {
  EdgeStage::Options options;
  options.interface = name;
  return options;
}

bool any_remark(const std::vector<std::string>& remarks, std::string_view part) {
  for (const auto& remark : remarks)
    if (remark.find(part) != std::string::npos) return true;
  return false;
}

TEST(EdgeStage, WithoutStressNothingIsImposed) {
  FakeLink link;
  EdgeStage stage({}, &link, {});
  const auto imposed = stage.impose({});
  ASSERT_TRUE(imposed) << imposed.error().message;
  EXPECT_EQ(imposed->achieved, plan::Stress{});
  EXPECT_TRUE(imposed->remarks.empty());
  EXPECT_TRUE(link.loads.empty() && link.limits.empty() && link.probes.empty());
}

TEST(EdgeStage, TheUplinkIsImposedAndMeasured) {
  ShapedLink shaped;
  {
    EdgeStage stage({}, &shaped.link, shaped.sensor());
    const auto imposed = stage.impose({.uplink = 10_Mbps});
    ASSERT_TRUE(imposed) << imposed.error().message;
    ASSERT_TRUE(imposed->achieved.uplink);
    EXPECT_DOUBLE_EQ(imposed->achieved.uplink->value, 9.5e6) << "what was measured, not what was asked";
    EXPECT_TRUE(imposed->remarks.empty());
    EXPECT_EQ(shaped.link.limits.back(), std::optional(10_Mbps));
  }
  EXPECT_EQ(shaped.link.limits.back(), std::nullopt) << "the destructor lifts the limit";
}

TEST(EdgeStage, AnUplinkThatMissesIsRemarked) {
  FakeLink link;
  std::optional<UplinkReading> told;
  link.on_probe = [&](Bytes) { told = UplinkReading{80_Mbps, Clock::now()}; };
  EdgeStage stage({}, &link, [&] { return told; });
  const auto imposed = stage.impose({.uplink = 10_Mbps});
  ASSERT_TRUE(imposed);
  EXPECT_TRUE(any_remark(imposed->remarks, "asked for 10 Mbit/s, reached 80 Mbit/s, since"));
}

TEST(EdgeStage, AnUplinkThatNobodyCanMeasureIsRemarked) {
  FakeLink link;
  EdgeStage stage({}, &link, {});
  const auto imposed = stage.impose({.uplink = 10_Mbps});
  ASSERT_TRUE(imposed);
  EXPECT_TRUE(any_remark(imposed->remarks, "not verified"));
}

TEST(EdgeStage, TheNextImpositionReplacesTheLast) {
  ShapedLink shaped;
  EdgeStage stage({}, &shaped.link, shaped.sensor());
  ASSERT_TRUE(stage.impose({.uplink = 10_Mbps}));
  const auto imposed = stage.impose({});
  ASSERT_TRUE(imposed);
  EXPECT_FALSE(imposed->achieved.uplink);
  EXPECT_EQ(shaped.link.limits.back(), std::nullopt);
}

// A way of 3 ms that a delay makes longer.
struct LongLink {
  LongLink() {
    link.on_probe = [this](Bytes) {
      told = std::chrono::milliseconds(3) + (link.delays.empty() ? Duration{} : link.delays.back());
    };
  }
  EdgeStage::Options options() {
    EdgeStage::Options options;
    options.round_trips = {[this] { return told; }, [this] { told.reset(); }};
    return options;
  }
  FakeLink link;
  std::optional<Duration> told;
};

TEST(EdgeStage, ADelayIsImposedMeasuredAndLifted) {
  LongLink way;
  {
    EdgeStage stage(way.options(), &way.link, {});
    const auto imposed = stage.impose({.delay = std::chrono::milliseconds(40)});
    ASSERT_TRUE(imposed) << imposed.error().message;
    EXPECT_EQ(imposed->achieved.delay, std::optional<Duration>(std::chrono::milliseconds(40)));
    EXPECT_TRUE(imposed->remarks.empty());
    EXPECT_EQ(way.link.delays.back(), std::chrono::milliseconds(40));
    ASSERT_TRUE(stage.impose({}));
    EXPECT_EQ(way.link.delays.back(), Duration{});
    ASSERT_TRUE(stage.impose({.uplink = 10_Mbps, .delay = std::chrono::milliseconds(20)}));
    EXPECT_EQ(way.link.limits.back(), std::optional(10_Mbps));
  }
  EXPECT_EQ(way.link.delays.back(), Duration{}) << "the destructor lifts the delay";
}

TEST(EdgeStage, ADelayThatIsNotReachedOrCannotBeMeasuredIsRemarked) {
  LongLink way;
  way.link.on_probe = [&way](Bytes) { way.told = std::chrono::milliseconds(3); };
  EdgeStage stage(way.options(), &way.link, {});
  EXPECT_TRUE(any_remark(stage.impose({.delay = std::chrono::milliseconds(40)})->remarks,
                         "delay: asked for 40 ms, reached 1 ns over the 3 ms of the path itself"));
  EdgeStage blind({}, &way.link, {});
  EXPECT_TRUE(any_remark(blind.impose({.delay = std::chrono::milliseconds(40)})->remarks, "delay: not verified"));
  EXPECT_FALSE(blind.impose({.delay = std::chrono::seconds(5)})) << "longer than the link would wait";
}

TEST(EdgeStage, TheEdgeIsLoadedForRealAndReleased) {
  EdgeStage stage({}, nullptr, {});
  const double share = static_cast<double>((100_MiB).count) / static_cast<double>(memory_room({})->available.count);
  auto imposed = stage.impose(edge_stress(1, share));
  ASSERT_TRUE(imposed) << imposed.error().message;
  EXPECT_GT(imposed->achieved.edge_cpu, 0.05);
  EXPECT_NEAR(imposed->achieved.edge_memory / share, 1, 0.3);
  imposed = stage.impose(edge_stress(0, share));
  ASSERT_TRUE(imposed);
  EXPECT_EQ(imposed->achieved.edge_cpu, 0);
  EXPECT_GT(imposed->achieved.edge_memory, 0) << "the part that did not change stays";
}

TEST(EdgeStage, TheCloudIsAskedAndReleasedInTheEnd) {
  FakeLink link;
  link.answer = wire::LoadAnswer{{0.5, 0.3}, {"memory load: asked for 60 %, reached 30 %, since it is short"}};
  {
    EdgeStage stage({}, &link, {});
    const auto imposed = stage.impose(cloud_stress(0.5, 0.6));
    ASSERT_TRUE(imposed) << imposed.error().message;
    EXPECT_DOUBLE_EQ(imposed->achieved.cloud_cpu, 0.5);
    EXPECT_DOUBLE_EQ(imposed->achieved.cloud_memory, 0.3);
    EXPECT_TRUE(any_remark(imposed->remarks, "cloud memory load: asked for 60 %, reached 30 %"));
    EXPECT_FALSE(any_remark(imposed->remarks, "cloud cpu"));
  }
  ASSERT_EQ(link.loads.size(), 2u);
  EXPECT_EQ(link.loads[1].cpu, 0);
  EXPECT_EQ(link.loads[1].memory, 0);
}

TEST(EdgeStage, ACloudThatRefusesLeavesNothingImposed) {
  ShapedLink shaped;
  shaped.link.answer = error(ErrorKind::invalid, "this cloud does not let itself be loaded");
  EdgeStage stage({}, &shaped.link, shaped.sensor());
  const auto imposed = stage.impose(cloud_stress(0.5, 0, 10_Mbps));
  ASSERT_FALSE(imposed);
  EXPECT_EQ(imposed.error().kind, ErrorKind::invalid);
  EXPECT_EQ(imposed.error().message, "cloud: this cloud does not let itself be loaded");
  EXPECT_EQ(shaped.link.limits.back(), std::nullopt);
}

TEST(EdgeStage, WhatCannotBeIsRefusedInOneSentence) {
  FakeLink link;
  EdgeStage stage(on_interface("no-such-dev"), &link, {});
  EdgeStage alone({}, nullptr, {});
  for (auto* refuser : {&stage, &alone}) {
    const auto imposed = refuser->impose({.uplink = 10_Mbps});
    ASSERT_FALSE(imposed);
    EXPECT_EQ(imposed.error().kind, ErrorKind::invalid);
    EXPECT_EQ(imposed.error().message.rfind("uplink: ", 0), 0u) << imposed.error().message;
  }
  EXPECT_FALSE(alone.impose(cloud_stress(0.5, 0)));
  for (const double bad : {-0.1, 1.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(alone.impose(edge_stress(bad, 0)));
    EXPECT_FALSE(alone.impose(edge_stress(0, bad)));
    EXPECT_FALSE(alone.impose(cloud_stress(0, 0, BitsPerSecond{-std::abs(bad)})));
  }
}

TEST(EdgeStage, AnInterfaceIsShapedByTheKernel) {
  const Veth veth;
  if (!veth.why_not().empty()) GTEST_SKIP() << "no network namespace can be made here: " << veth.why_not();
  EdgeStage stage(on_interface(veth.name()), nullptr, {});
  const auto imposed = stage.impose({.uplink = 25_Mbps});
  ASSERT_TRUE(imposed) << imposed.error().message;
  EXPECT_NE(shown_qdiscs(veth.name()).find("rate 25Mbit"), std::string::npos);
  EXPECT_TRUE(any_remark(imposed->remarks, "not verified"));
  ASSERT_TRUE(stage.impose({}));
  EXPECT_EQ(shown_qdiscs(veth.name()).find("tbf"), std::string::npos);
}

TEST(EdgeStage, WhatACpuLoadLeavesIsTold) {
  EdgeStage stage({}, nullptr, {});
  const auto imposed = stage.impose(edge_stress(0.5, 0));
  ASSERT_TRUE(imposed) << imposed.error().message;
  EXPECT_TRUE(any_remark(imposed->remarks, "edge cpu load: ") && any_remark(imposed->remarks, "% of the CPU are left"));
  EXPECT_FALSE(any_remark(stage.impose({})->remarks, "left"));
}

// Another process gives its rights up, so that this one keeps them.
TEST(EdgeStage, WithoutPermissionForGroupsTheLoadIsThereAndTheReasonIsTold) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give its permissions up";
  auto line = make_line();
  ASSERT_TRUE(line);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::string said = "setuid failed";
    if (::setuid(65534) == 0) {
      EdgeStage stage({}, nullptr, {});
      const auto imposed = stage.impose(edge_stress(0.2, 0));
      said = imposed ? fmt::format("{}\n", fmt::join(imposed->remarks, "\n")) : imposed.error().message;
    }
    (void)!::write(line->theirs.get(), said.data(), said.size());
    ::_exit(0);
  }
  line->theirs.close();
  reap(pid);
  char said[4000] = {};
  (void)!::read(line->ours.get(), said, sizeof said - 1);
  EXPECT_TRUE(any_remark({said}, "edge cpu load: no control group of its own: ")) << said;
  EXPECT_TRUE(any_remark({said}, "run as root")) << said;
  EXPECT_TRUE(any_remark({said}, "left for the measured program")) << said;
}

TEST(LocalStressor, LoadsThisMachineAndTellsWhatItReached) {
  LocalStressor stressor({}, silent_log());
  const auto reached = stressor.impose({.cpu = 1, .memory = 0});
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_GT(reached->reached.cpu, 0.05);
  EXPECT_TRUE(any_remark(reached->remarks, "% of the CPU are left for the measured program"));
  const auto lifted = stressor.impose({});
  ASSERT_TRUE(lifted);
  EXPECT_EQ(lifted->reached.cpu, 0);
  EXPECT_TRUE(lifted->remarks.empty());
}

TEST(LocalStressor, AShareThatIsNoneIsRefused) {
  LocalStressor stressor({}, silent_log());
  const auto reached = stressor.impose({.cpu = 2, .memory = 0});
  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::testbed
