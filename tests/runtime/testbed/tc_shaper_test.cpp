#include "runtime/testbed/tc_shaper.h"

#include "tests/runtime/testbed/real_machine.h"

#include <sys/wait.h>

namespace tideline::testbed {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class TcShaperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!veth_.why_not().empty()) GTEST_SKIP() << "no network namespace can be made here: " << veth_.why_not();
  }
  std::unique_ptr<TcShaper> made() const {
    auto shaper = TcShaper::make({.interface = veth_.name()});
    EXPECT_TRUE(shaper) << shaper.error().message;
    return shaper ? std::move(*shaper) : nullptr;
  }
  std::string qdiscs() const { return shown_qdiscs(veth_.name()); }
  void configure(std::vector<std::string> words) const {
    words.insert(words.begin(), {"/usr/sbin/tc", "qdisc", "add", "dev", veth_.name(), "root"});
    const auto end = run_program(words, Clock::now() + std::chrono::seconds(20));
    ASSERT_TRUE(end);
    ASSERT_EQ(end->code, 0) << end->output;
  }

  const Veth veth_;
};

TEST_F(TcShaperTest, SetsChangesAndLiftsTheRate) {
  const auto shaper = made();
  ASSERT_TRUE(shaper);
  const auto set = shaper->shape({10_Mbps});
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_TRUE(contains(qdiscs(), "tbf") && contains(qdiscs(), "rate 10Mbit")) << qdiscs();
  ASSERT_TRUE(shaper->shape({50_Mbps}));
  EXPECT_TRUE(contains(qdiscs(), "rate 50Mbit") && contains(qdiscs(), "burst 12500b")) << qdiscs();
  ASSERT_TRUE(shaper->shape({}));
  EXPECT_FALSE(contains(qdiscs(), "tbf")) << qdiscs();
  ASSERT_TRUE(shaper->shape({})) << "lifting twice is no error";
}

TEST_F(TcShaperTest, ADelayIsSetBesideTheRateOrTheKernelIsSaidToHaveNone) {
  const auto shaper = made();
  ASSERT_TRUE(shaper && shaper->shape({10_Mbps}));
  const auto set = shaper->shape({25_Mbps, std::chrono::milliseconds(40)});
  if (!set) {
    EXPECT_EQ(set.error().kind, ErrorKind::invalid);
    EXPECT_TRUE(contains(set.error().message, "no netem") && contains(set.error().message, "modprobe sch_netem"))
        << set.error().message;
    EXPECT_FALSE(contains(qdiscs(), "tbf")) << "on error nothing is shaped";
    ASSERT_TRUE(shaper->shape({10_Mbps})) << "and it can go on without";
    GTEST_SKIP() << "this kernel has no netem: " << set.error().message;
  }
  EXPECT_TRUE(contains(qdiscs(), "netem") && contains(qdiscs(), "delay 40ms")) << qdiscs();
  EXPECT_TRUE(contains(qdiscs(), "tbf") && contains(qdiscs(), "rate 25Mbit")) << qdiscs();
  ASSERT_TRUE(shaper->shape({50_Mbps, std::chrono::milliseconds(80)}));
  EXPECT_TRUE(contains(qdiscs(), "delay 80ms") && contains(qdiscs(), "rate 50Mbit")) << qdiscs();
  ASSERT_TRUE(shaper->shape({std::nullopt, std::chrono::milliseconds(80)}));
  EXPECT_TRUE(contains(qdiscs(), "netem") && !contains(qdiscs(), "tbf")) << qdiscs();
  ASSERT_TRUE(shaper->shape({10_Mbps}));
  EXPECT_TRUE(!contains(qdiscs(), "netem") && contains(qdiscs(), "rate 10Mbit")) << qdiscs();
}

TEST_F(TcShaperTest, ADelayThatIsNoneIsRefusedAndChangesNothing) {
  const auto shaper = made();
  ASSERT_TRUE(shaper && shaper->shape({10_Mbps}));
  for (const Duration delay : {Duration{}, Duration{-1}, Duration(std::chrono::hours(1))})
    EXPECT_FALSE(shaper->shape({10_Mbps, delay}));
  EXPECT_TRUE(contains(qdiscs(), "rate 10Mbit"));
}

TEST_F(TcShaperTest, ItsDestructorLifts) {
  auto shaper = made();
  ASSERT_TRUE(shaper && shaper->shape({10_Mbps}));
  shaper.reset();
  EXPECT_FALSE(contains(qdiscs(), "tbf")) << qdiscs();
}

TEST_F(TcShaperTest, AConfiguredQdiscIsLeftAlone) {
  configure({"tbf", "rate", "99mbit", "burst", "20000", "latency", "50ms"});
  const auto shaper = TcShaper::make({.interface = veth_.name()});
  ASSERT_FALSE(shaper);
  EXPECT_EQ(shaper.error().kind, ErrorKind::invalid);
  EXPECT_TRUE(contains(shaper.error().message, "(tbf 8") && contains(shaper.error().message, "tc qdisc del"))
      << shaper.error().message;
  EXPECT_TRUE(contains(qdiscs(), "rate 99Mbit"));
}

TEST_F(TcShaperTest, ARateThatTheKernelCannotShapeIsRefusedAndChangesNothing) {
  const auto shaper = made();
  ASSERT_TRUE(shaper && shaper->shape({10_Mbps}));
  for (const double rate : {0.0, -1.0, 1e18, std::numeric_limits<double>::quiet_NaN()}) {
    const auto set = shaper->shape({BitsPerSecond{rate}});
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().kind, ErrorKind::invalid);
  }
  EXPECT_TRUE(contains(qdiscs(), "rate 10Mbit"));
}

TEST_F(TcShaperTest, WithoutPermissionItSaysWhatToDo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give its permissions up";
  // Another process gives its rights up, so that this one keeps them.
  auto line = make_line();
  ASSERT_TRUE(line);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::string said = "setuid failed";
    if (::setuid(65534) == 0) {
      auto shaper = TcShaper::make({.interface = veth_.name()});
      const auto set = shaper ? (*shaper)->shape({10_Mbps}) : Result<void>(shaper.error());
      said = set ? "it was permitted" : set.error().message;
    }
    (void)!::write(line->theirs.get(), said.data(), said.size());
    ::_exit(0);
  }
  line->theirs.close();
  reap(pid);
  char said[1000] = {};
  (void)!::read(line->ours.get(), said, sizeof said - 1);
  EXPECT_TRUE(contains(said, "CAP_NET_ADMIN")) << said;
  EXPECT_FALSE(contains(qdiscs(), "tbf"));
}

TEST(TcShaper, AnInterfaceThatIsNotThereIsRefused) {
  for (const char* name : {"no-such-dev", "", "a/b", "a-name-that-is-much-too-long", "-x"}) {
    const auto shaper = TcShaper::make({.interface = name});
    ASSERT_FALSE(shaper) << name;
    EXPECT_EQ(shaper.error().kind, ErrorKind::invalid);
    EXPECT_TRUE(contains(shaper.error().message, name)) << shaper.error().message;
  }
}

TEST(TcShaper, AMissingProgramIsRefused) {
  const auto shaper = TcShaper::make({.interface = "lo", .search = {"/no/such/folder", "relative"}});
  ASSERT_FALSE(shaper);
  EXPECT_TRUE(contains(shaper.error().message, "iproute2")) << shaper.error().message;
}

TEST(TcShaper, TheBucketIsTwoMillisecondsAndAtLeastTwoPackets) {
  EXPECT_EQ(bucket_of(100_Mbps, {1500}), Bytes{25000});
  EXPECT_EQ(bucket_of(1_Mbps, {1500}), Bytes{3000});
}

}  // namespace
}  // namespace tideline::testbed
