#include "runtime/testbed/uplink_check.h"

#include "tests/runtime/testbed/real_machine.h"

namespace tideline::testbed {
namespace {

TEST(UplinkCheck, AProbeTakesAQuarterOfASecondWithinBounds) {
  EXPECT_EQ(probe_for(4_Mbps), Bytes{125'000});
  EXPECT_EQ(probe_for(1000_Mbps), 256_KiB);
  EXPECT_EQ(probe_for({1000}), 12_KiB);
}

TEST(UplinkCheck, ProbesUntilTwoReadingsAgree) {
  FakeLink link;
  std::vector<double> rates{90e6, 40e6, 12e6, 9.7e6, 9.6e6, 1e6};
  std::size_t next = 0;
  std::optional<UplinkReading> told;
  link.on_probe = [&](Bytes) { told = UplinkReading{{rates.at(next++)}, Clock::now()}; };
  const auto rate = measure_uplink(link, [&] { return told; }, 10_Mbps, Clock::now() + std::chrono::seconds(60));
  ASSERT_TRUE(rate);
  EXPECT_DOUBLE_EQ(rate->value, 9.6e6);
  EXPECT_EQ(link.probes, std::vector<Bytes>(5, 256_KiB));
}

TEST(UplinkCheck, AReadingFromBeforeIsNotTaken) {
  FakeLink link;
  const UplinkReading old{10_Mbps, Clock::now()};
  EXPECT_FALSE(
      measure_uplink(link, [&] { return std::optional(old); }, 10_Mbps, Clock::now() + std::chrono::milliseconds(50)));
}

TEST(UplinkCheck, ALinkThatIsDownIsNotProbed) {
  FakeLink link;
  link.up = false;
  EXPECT_FALSE(measure_uplink(
      link, [] { return std::optional<UplinkReading>{}; }, 10_Mbps, Clock::now() + std::chrono::seconds(60)));
  EXPECT_TRUE(link.probes.empty());
}

}  // namespace
}  // namespace tideline::testbed
