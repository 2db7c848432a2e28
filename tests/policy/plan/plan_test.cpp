#include "policy/plan/plan.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline::plan {
namespace {

using ::testing::HasSubstr;

TEST(Codec, EveryNameIsReadBack) {
  for (const Codec codec : all_codecs()) {
    const auto read = parse_codec(name(codec));
    ASSERT_TRUE(read) << name(codec);
    EXPECT_EQ(*read, codec);
  }
}

TEST(Codec, EveryWireNumberIsReadBack) {
  for (const Codec codec : all_codecs()) {
    const auto read = codec_from_wire(static_cast<std::uint8_t>(codec));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, codec);
  }
}

TEST(Codec, NumbersAndNamesStayWhatTheyAre) {
  EXPECT_EQ(static_cast<int>(Codec::fp32), 0);
  EXPECT_EQ(static_cast<int>(Codec::fp16), 1);
  EXPECT_EQ(name(Codec::fp32), "fp32");
  EXPECT_EQ(name(Codec::fp16), "fp16");
  EXPECT_EQ(static_cast<int>(Codec::source), 4);
  EXPECT_EQ(static_cast<int>(Codec::jpeg75), 7);
}

TEST(Codec, IsOfTensorsOrOfImages) {
  for (const Codec codec : tensor_codecs()) EXPECT_FALSE(is_of_images(codec)) << name(codec);
  for (const Codec codec : image_codecs()) EXPECT_TRUE(is_of_images(codec)) << name(codec);
  EXPECT_EQ(tensor_codecs().size() + image_codecs().size(), all_codecs().size());
}

TEST(Codec, AnUnknownNameIsInvalidAndTheKnownOnesAreShown) {
  const auto read = parse_codec("fp8");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  EXPECT_THAT(read.error().message, HasSubstr("\"fp8\" is not a codec; write one of \"fp32\", \"fp16\""));
  EXPECT_FALSE(parse_codec(""));
  EXPECT_FALSE(parse_codec("FP32"));
  EXPECT_LT(parse_codec(std::string(1'000'000, 'x')).error().message.size(), 200u);
}

TEST(Codec, EveryOtherWireNumberIsCorrupt) {
  for (int value = 0; value < 256; ++value) {
    const auto is_it = [value](Codec codec) { return static_cast<int>(codec) == value; };
    if (std::ranges::any_of(all_codecs(), is_it)) continue;
    const auto read = codec_from_wire(static_cast<std::uint8_t>(value));
    ASSERT_FALSE(read) << value;
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  }
  EXPECT_FALSE(codec_from_wire(2) || codec_from_wire(3)) << "numbers of codecs that are gone";
}

TEST(Plan, IsEqualOnlyInAllItsParts) {
  const Plan plan{"m", 3, Codec::fp16};
  EXPECT_EQ(plan, (Plan{"m", 3, Codec::fp16}));
  EXPECT_NE(plan, (Plan{"n", 3, Codec::fp16}));
  EXPECT_NE(plan, (Plan{"m", 4, Codec::fp16}));
  EXPECT_NE(plan, (Plan{"m", 3, Codec::fp32}));
}

TEST(Plan, NeedsASlotOfTheEdgeForAHeadAndForThePixelsOfAnImage) {
  EXPECT_TRUE(needs_slot({"m", 1, Codec::q8}, false));
  EXPECT_FALSE(needs_slot({"m", 0, Codec::q8}, false)) << "the tensors are the input";
  EXPECT_TRUE(needs_slot({"m", 0, Codec::q8}, true)) << "the tensors are decoded from the image";
  EXPECT_TRUE(needs_slot({"m", 0, Codec::jpeg75}, true));
  EXPECT_FALSE(needs_slot({"m", 0, Codec::source}, true)) << "the file is sent as it is";
}

}  // namespace
}  // namespace tideline::plan
