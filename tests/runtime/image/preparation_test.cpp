#include "runtime/image/preparation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tideline::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TensorSpec input(Shape shape) {
  return {"x", DType::fp32, std::move(shape)};
}

TEST(Presets, AreTheFourThatArePromised) {
  EXPECT_THAT(preset_names(), ElementsAre("imagenet", "keras", "yolo", "raw"));
  for (const std::string_view name : preset_names()) {
    const Result<Preparation> made = preset(name, 224, 224);
    ASSERT_TRUE(made) << name;
    EXPECT_TRUE(check(*made)) << name;
  }
}

TEST(Presets, ImagenetTakesTheUsualMargin) {
  EXPECT_EQ(preset("imagenet", 224, 224)->resize_to, 256);
  EXPECT_EQ(preset("imagenet", 299, 299)->resize_to, 342);
  EXPECT_EQ(preset("imagenet", 227, 227)->resize_to, 259);
  EXPECT_EQ(preset("keras", 320, 224)->resize_to, 256);
}

TEST(Presets, TheMarginFollowsTheNetworkWhenTheSizeIsNotKnownYet) {
  const Preparation unsized = *preset("imagenet", 0, 0);
  EXPECT_FALSE(check(unsized));
  EXPECT_EQ(*sized_for(unsized, input({kAnyBatch, 3, 299, 299})), *preset("imagenet", 299, 299));
}

TEST(Presets, AnUnknownNameNamesTheKnownOnes) {
  const Result<Preparation> made = preset("caffe", 224, 224);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "'caffe' is not a way to prepare images; use one of imagenet keras yolo raw");
  EXPECT_FALSE(preset("raw", -1, 224));
  EXPECT_FALSE(preset("raw", 224, 5000));
}

TEST(Preparation, HasOneLineForTheDigest) {
  EXPECT_EQ(canonical(*preset("imagenet", 224, 224)),
            "image 224x224 crop 256 rgb scale 0.00392156862745098 mean 0.485 0.456 0.406 std 0.229 0.224 0.225 nchw "
            "border 114");
  EXPECT_EQ(canonical(*preset("keras", 224, 224)),
            "image 224x224 crop 256 rgb scale 0.00784313725490196 mean 1 1 1 std 1 1 1 nchw border 114");
  EXPECT_EQ(canonical(*preset("yolo", 640, 480)),
            "image 640x480 letterbox 0 rgb scale 0.00392156862745098 mean 0 0 0 std 1 1 1 nchw border 114");
  EXPECT_EQ(canonical(*preset("raw", 320, 320)),
            "image 320x320 stretch 0 rgb scale 1 mean 0 0 0 std 1 1 1 nchw border 114");
}

TEST(Preparation, EqualValuesHaveTheSameLine) {
  Preparation zero = *preset("raw", 320, 320), minus_zero = zero;
  minus_zero.mean[1] = -0.0;
  EXPECT_EQ(zero, minus_zero);
  EXPECT_EQ(canonical(zero), canonical(minus_zero));
}

TEST(Preparation, EveryMemberChangesTheLine) {
  const Preparation base = *preset("imagenet", 224, 224);
  std::vector<Preparation> others(12, base);
  others[0].width = 225;
  others[1].height = 225;
  others[2].fit = Fit::stretch;
  others[3].resize_to = 255;
  others[4].colour = Colour::bgr;
  others[5].scale = std::nextafter(base.scale, 1.0);
  others[6].mean[0] = std::nextafter(base.mean[0], 1.0);
  others[7].mean[2] = 0;
  others[8].std[1] = 1;
  others[9].layout = Layout::nhwc;
  others[10].border = 0;
  others[11].std[2] = 1;
  for (const Preparation& other : others) {
    EXPECT_NE(other, base);
    EXPECT_NE(canonical(other), canonical(base));
  }
}

TEST(Preparation, IsRefusedWithTheReason) {
  const auto refusal = [](void (*change)(Preparation&)) {
    Preparation preparation = *preset("imagenet", 224, 224);
    change(preparation);
    const Result<void> usable = check(preparation);
    if (usable) return std::string("taken");
    EXPECT_EQ(usable.error().kind, ErrorKind::invalid);
    return usable.error().message;
  };
  EXPECT_THAT(refusal([](Preparation& p) { p.width = 0; }), HasSubstr("not known"));
  EXPECT_THAT(refusal([](Preparation& p) { p.height = -1; }), HasSubstr("224 x -1"));
  EXPECT_THAT(refusal([](Preparation& p) { p.width = 4097; }), HasSubstr("1 to 4096"));
  EXPECT_THAT(refusal([](Preparation& p) { p.resize_to = kImagenetMargin; }), HasSubstr("-1"));
  EXPECT_THAT(refusal([](Preparation& p) { p.scale = 0; }), HasSubstr("scale"));
  EXPECT_THAT(refusal([](Preparation& p) { p.scale = std::nan(""); }), HasSubstr("scale"));
  EXPECT_THAT(refusal([](Preparation& p) { p.std[1] = 0; }), HasSubstr("not above 0"));
  EXPECT_THAT(refusal([](Preparation& p) { p.std[1] = -1; }), HasSubstr("not above 0"));
  EXPECT_THAT(refusal([](Preparation& p) { p.mean[2] = std::numeric_limits<double>::infinity(); }), HasSubstr("mean"));
  EXPECT_THAT(refusal([](Preparation& p) { p.std[0] = 1e-40; }), HasSubstr("too large for fp32"));
}

TEST(SizedFor, TakesTheSizeFromTheNetwork) {
  const Result<Preparation> sized = sized_for(*preset("raw", 0, 0), input({kAnyBatch, 3, 240, 320}));
  ASSERT_TRUE(sized) << sized.error().message;
  EXPECT_EQ(sized->width, 320);
  EXPECT_EQ(sized->height, 240);
  EXPECT_TRUE(sized_for(*preset("raw", 320, 240), input({4, 3, 240, 320})));
}

TEST(SizedFor, KnowsBothLayoutsAndGrey) {
  Preparation preparation = *preset("raw", 0, 0);
  preparation.layout = Layout::nhwc;
  EXPECT_EQ(sized_for(preparation, input({1, 240, 320, 3}))->width, 320);
  preparation.colour = Colour::grey;
  EXPECT_EQ(sized_for(preparation, input({1, 28, 32, 1}))->height, 28);
  EXPECT_EQ(channels(preparation), 1);
}

TEST(SizedFor, SaysWhatDoesNotFit) {
  const auto refusal = [](const TensorSpec& spec) {
    const Result<Preparation> sized = sized_for(*preset("raw", 0, 0), spec);
    return sized ? std::string("taken") : sized.error().message;
  };
  EXPECT_THAT(refusal({"x", DType::int64, {1, 3, 8, 8}}), HasSubstr("int64[1,3,8,8] is not an image"));
  EXPECT_THAT(refusal(input({1, 2048})), HasSubstr("is not an image"));
  EXPECT_THAT(refusal(input({1, 8, 8, 3})), HasSubstr("set the layout to nhwc"));
  EXPECT_THAT(refusal(input({1, 1, 8, 8})), HasSubstr("set the colour to grey"));
  EXPECT_THAT(refusal(input({1, 64, 8, 8})), HasSubstr("such a network takes no images"));
  EXPECT_THAT(refusal(input({1, 3, 8, 5000})), HasSubstr("larger than"));
  const Result<Preparation> other = sized_for(*preset("raw", 224, 224), input({1, 3, 240, 320}));
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("320 x 240 pixels, not 224 x 224"));
}

TEST(Names, AreReadAsTheyAreWritten) {
  for (const Fit fit : {Fit::crop, Fit::stretch, Fit::letterbox}) EXPECT_EQ(*parse_fit(name(fit)), fit);
  for (const Colour colour : {Colour::rgb, Colour::bgr, Colour::grey}) EXPECT_EQ(*parse_colour(name(colour)), colour);
  for (const Layout layout : {Layout::nchw, Layout::nhwc}) EXPECT_EQ(*parse_layout(name(layout)), layout);
  EXPECT_EQ(parse_fit("cover").error().message,
            "'cover' is not a way to fit an image; use one of crop stretch letterbox");
  EXPECT_FALSE(parse_colour("RGB"));
  EXPECT_FALSE(parse_layout(""));
}

}  // namespace
}  // namespace tideline::image
