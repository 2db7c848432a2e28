#include "runtime/base/units.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

TEST(Units, RatesAreDecimalBitsAndTakeTheSpellingOfTc) {
  EXPECT_EQ(*parse_rate("25 Mbit/s"), BitsPerSecond{25e6});
  EXPECT_EQ(*parse_rate("25mbit"), BitsPerSecond{25e6});
  EXPECT_EQ(*parse_rate(" 1.5 Gbit/s "), BitsPerSecond{1.5e9});
}

TEST(Units, MiBIsBinaryAndMBIsDecimal) {
  EXPECT_EQ(*parse_bytes("512 MiB"), Bytes{536870912});
  EXPECT_EQ(*parse_bytes("512 MB"), Bytes{512000000});
  EXPECT_EQ(*parse_bytes("0 B"), Bytes{0});
}

TEST(Units, DurationsAndSharesAreRead) {
  EXPECT_EQ(*parse_duration("250 ms"), std::chrono::milliseconds(250));
  EXPECT_EQ(*parse_duration("10min"), std::chrono::minutes(10));
  EXPECT_DOUBLE_EQ(*parse_share("60 %"), 0.6);
}

TEST(Units, ANumberWithoutAUnitIsRefusedWithAnExample) {
  const auto rate = parse_rate("25");
  ASSERT_FALSE(rate);
  EXPECT_EQ(rate.error().message, "'25' has no unit; write for example 25 Mbit/s");
}

TEST(Units, WhatIsNoQuantityIsRefused) {
  for (const char* text :
       {"", " ", "fast", "-5 Mbit/s", "0 Mbit/s", "nan Mbit/s", "inf Mbit/s", "5 MiB", "5 Mbit/s/s", "1e400 Mbit/s"})
    EXPECT_FALSE(parse_rate(text)) << text;
  for (const char* text : {"", "-1 B", "5 Mbit/s", "1e30 GiB"}) EXPECT_FALSE(parse_bytes(text)) << text;
  for (const char* text : {"", "-1 s", "5 B", "1e300 h"}) EXPECT_FALSE(parse_duration(text)) << text;
  for (const char* text : {"", "-1 %", "101 %", "0.5"}) EXPECT_FALSE(parse_share(text)) << text;
}

TEST(Units, WhatIsPrintedIsReadBackToThreeDigits) {
  for (double value = 1; value < 1e11; value *= 1.37) {
    const auto rate = parse_rate(to_string(BitsPerSecond{value}));
    ASSERT_TRUE(rate) << to_string(BitsPerSecond{value});
    EXPECT_NEAR(rate->value / value, 1, 0.005) << to_string(BitsPerSecond{value});
    const Bytes bytes{static_cast<std::uint64_t>(value)};
    EXPECT_NEAR(static_cast<double>(parse_bytes(to_string(bytes))->count) / static_cast<double>(bytes.count), 1, 0.005);
    const Duration time{static_cast<std::int64_t>(value)};
    EXPECT_NEAR(seconds(*parse_duration(to_string(time))) / seconds(time), 1, 0.005) << to_string(time);
  }
  EXPECT_EQ(to_string(BitsPerSecond{999.9e6}), "1 Gbit/s");
  EXPECT_EQ(to_string(Bytes{186624}), "182 KiB");
  EXPECT_EQ(to_string(Duration{0}), "0 ns");
  EXPECT_EQ(share_to_string(0.5), "50 %");
}

TEST(Units, ARateTellsTheTimeOnTheWire) {
  EXPECT_EQ(BitsPerSecond{8e6}.time_for(Bytes{1000000}), std::chrono::seconds(1));
}

}  // namespace
}  // namespace tideline
