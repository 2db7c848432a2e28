#include "policy/predict/wire_ratios.h"

#include <gtest/gtest.h>

namespace tideline::predict {
namespace {

using plan::Codec;

TEST(WireRatios, OfAPlanWithoutOneIsThatOfItsFamilyAndElseThatOfTheTable) {
  const WireRatios ratios{.plans = {{{3, Codec::jpeg95}, {2, 0.1}}}, .families = {{WireFamily::jpeg, {3, 0.2}}}};
  EXPECT_EQ(ratios.of({"m", 3, Codec::jpeg95}), (WireRatio{2, 0.1}));
  EXPECT_EQ(ratios.of({"m", 4, Codec::jpeg95}), (WireRatio{3, 0.2}));
  EXPECT_EQ(ratios.of({"m", 3, Codec::jpeg75}), (WireRatio{3, 0.2}));
  EXPECT_EQ(ratios.of({"m", 3, Codec::source}), (WireRatio{1, 0}));
  EXPECT_EQ(ratios.known({"m", 3, Codec::source}), std::nullopt);
}

TEST(WireRatios, OnlyCodecsWhoseBytesDependOnTheInputHaveAFamily) {
  for (const Codec codec : {Codec::fp32, Codec::fp16, Codec::u8})
    EXPECT_EQ(family_of(codec), WireFamily::fixed) << name(codec);
  for (const Codec codec : {Codec::jpeg95, Codec::jpeg75}) EXPECT_EQ(family_of(codec), WireFamily::jpeg) << name(codec);
  for (const Codec codec : {Codec::q64, Codec::q1}) EXPECT_EQ(family_of(codec), WireFamily::steps) << name(codec);
  EXPECT_EQ(family_of(Codec::source), WireFamily::source);
}

TEST(WireRatios, ExpectedBytesAreThoseOfTheTableTimesTheRatio) {
  EXPECT_EQ(expected(Bytes{1000}, {0.25, 1}), Bytes{250});
  EXPECT_EQ(expected(Bytes{~std::uint64_t{0}}, {}), Bytes{~std::uint64_t{0}}) << "no rounding where nothing is known";
}

}  // namespace
}  // namespace tideline::predict
