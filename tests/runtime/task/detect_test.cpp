#include "runtime/task/detect.h"

#include "tests/runtime/task/tensors.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>

namespace tideline::task {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MATCHER_P(Near, box, "") {
  return std::abs(arg.x_min - box.x_min) < 0.01F && std::abs(arg.y_min - box.y_min) < 0.01F &&
         std::abs(arg.x_max - box.x_max) < 0.01F && std::abs(arg.y_max - box.y_max) < 0.01F &&
         std::abs(arg.score - box.score) < 1e-5F && arg.label == box.label;
}

std::vector<Box> found(const Detector& detector, const std::vector<Tensor>& outputs, std::size_t image = 0,
                       const DetectOptions& options = {}) {
  const Result<std::vector<Box>> boxes = detect(detector, outputs, image, options);
  EXPECT_TRUE(boxes) << boxes.error().message;
  return boxes ? *boxes : std::vector<Box>();
}

// An input of 64 x 32 has 8 x 4, 4 x 2 and 2 x 1 cells of 8, 16 and 32 pixels.
constexpr std::size_t kCells = 32 + 8 + 2;

Detector detector_of(Head head, std::size_t classes) {
  return {head, classes, 64, 32};
}

TEST(Detect, Yolov8HasAColumnPerCell) {
  Table numbers(4 + 3, kCells);
  numbers.set_column(5, {20, 10, 8, 4, 0.1F, 0.9F, 0.2F});
  numbers.set_column(41, {40, 20, 16, 8, 0.3F, 0.1F, 0.1F});
  numbers.set_column(7, {40, 20, 16, 8, 0.2F, 0.1F, 0.1F});
  const std::vector<Box> boxes = found(detector_of(Head::yolov8, 3), {tensor({1, 7, kCells}, numbers.numbers())});
  EXPECT_THAT(boxes, ElementsAre(Near(Box{16, 8, 24, 12, 0.9F, 1}), Near(Box{32, 16, 48, 24, 0.3F, 0})));
}

TEST(Detect, Yolov5HasARowPerBoxAndMultipliesByTheObjectness) {
  Table numbers(3 * kCells, 5 + 2);
  numbers.set_row(0, {20, 10, 8, 4, 0.8F, 0.5F, 1});
  numbers.set_row(125, {40, 20, 16, 8, 0.9F, 0.2F, 0.1F});
  const Tensor rows = tensor({1, 3 * kCells, 7}, numbers.numbers());
  EXPECT_THAT(found(detector_of(Head::yolov5, 2), {rows}), ElementsAre(Near(Box{16, 8, 24, 12, 0.8F, 1})));
  EXPECT_THAT(found(detector_of(Head::yolov5, 2), {rows}, 0, {.min_score = 0.1F}),
              ElementsAre(Near(Box{16, 8, 24, 12, 0.8F, 1}), Near(Box{32, 16, 48, 24, 0.18F, 0})));
  const Tensor maps = tensor({1, 3, 4, 8, 7}, std::vector<float>(std::size_t{3} * 4 * 8 * 7));
  EXPECT_THAT(found(detector_of(Head::yolov5, 2), {rows, maps}).size(), 1U);
}

// The maps of NanoDet for two classes and three distances, zero at first.
struct NanodetMaps {
  Table fine_scores{32, 2}, middle_scores{8, 2}, coarse_scores{2, 2};
  Table fine_sides{32, 12}, middle_sides{8, 12}, coarse_sides{2, 12};

  std::vector<Tensor> tensors() const {
    return {tensor({1, 32, 2}, fine_scores.numbers()),  tensor({1, 8, 2}, middle_scores.numbers()),
            tensor({1, 2, 2}, coarse_scores.numbers()), tensor({1, 32, 12}, fine_sides.numbers()),
            tensor({1, 8, 12}, middle_sides.numbers()), tensor({1, 2, 12}, coarse_sides.numbers())};
  }
};

TEST(Detect, NanodetMeasuresFromTheCentreOfACellByTheMeanDistance) {
  NanodetMaps maps;
  maps.middle_scores.set_row(5, {0.2F, 0.7F});  // The centre is at 24, 24.
  const float two_to_one = std::log(2.0F);
  // Left: surely 1. Top: 0, 1 and 2 alike. Right: 0 twice as likely as 2. Bottom: surely 0.
  maps.middle_sides.set_row(5, {-100, 0, -100, 5, 5, 5, two_to_one, -100, 0, 100, 0, 0});
  EXPECT_THAT(found(detector_of(Head::nanodet, 2), maps.tensors()),
              ElementsAre(Near(Box{24 - 16, 24 - 16, 24 + 16 * 2.0F / 3, 24, 0.7F, 1})));
}

TEST(Detect, NanodetHasCellsOfThreeSizes) {
  NanodetMaps maps;
  maps.fine_scores.set_row(9, {0.5F, 0});
  maps.coarse_scores.set_row(1, {0.6F, 0});
  EXPECT_THAT(found(detector_of(Head::nanodet, 2), maps.tensors()),
              ElementsAre(Near(Box{48 - 32, 16 - 32, 48 + 32, 16 + 32, 0.6F, 0}),
                          Near(Box{12 - 8, 12 - 8, 12 + 8, 12 + 8, 0.5F, 0})));
}

// A heat map of 16 x 8 cells of 4 pixels with a peak at column 4, row 2.
std::vector<Tensor> centernet_maps(bool with_offsets) {
  Table heat(2 * 8, 16), sizes(2 * 8, 16), offsets(2 * 8, 16);
  heat.at(8 + 2, 4) = 0.8F;
  heat.at(8 + 2, 5) = 0.6F;  // Its neighbour is higher.
  heat.at(7, 15) = 0.5F;
  sizes.at(2, 4) = 4;
  sizes.at(8 + 2, 4) = 2;
  offsets.at(2, 4) = 0.25F;
  offsets.at(8 + 2, 4) = 0.75F;
  sizes.at(7, 15) = sizes.at(8 + 7, 15) = 1;
  std::vector<Tensor> maps{tensor({1, 2, 8, 16}, heat.numbers()), tensor({1, 2, 8, 16}, sizes.numbers())};
  if (with_offsets) maps.push_back(tensor({1, 2, 8, 16}, offsets.numbers()));
  return maps;
}

TEST(Detect, CenternetHasABoxForEachPeak) {
  EXPECT_THAT(found(detector_of(Head::centernet, 2), centernet_maps(true)),
              ElementsAre(Near(Box{4 * (4.25F - 2), 4 * (2.75F - 1), 4 * (4.25F + 2), 4 * (2.75F + 1), 0.8F, 1}),
                          Near(Box{58, 26, 62, 30, 0.5F, 0})));
}

TEST(Detect, CenternetWithoutOffsetsMeansTheCentreOfTheCell) {
  EXPECT_THAT(found(detector_of(Head::centernet, 2), centernet_maps(false)),
              ElementsAre(Near(Box{10, 6, 26, 14, 0.8F, 1}), Near(Box{60, 28, 64, 32, 0.5F, 0})));
}

TEST(Detect, TtfnetMeasuresTheFourSidesFromTheCornerOfACell) {
  Table sides(4 * 8, 16);
  for (std::size_t side = 0; side < 4; ++side) sides.at(side * 8 + 2, 4) = static_cast<float>(side + 1);
  const Tensor heat = centernet_maps(false)[0];
  EXPECT_THAT(found(detector_of(Head::centernet, 2), {heat, tensor({1, 4, 8, 16}, sides.numbers())}),
              ElementsAre(Near(Box{16 - 1, 8 - 2, 16 + 3, 8 + 4, 0.8F, 1})));
}

TEST(Detect, FinishedBoxesAreTakenAsTheyAre) {
  const Tensor rows = tensor({1, 4, 6}, {1, 2, 3, 4, 0.5F,  2,       //
                                         5, 6, 7, 8, 0.75F, 0,       //
                                         1, 2, 3, 4, 0.9F,  3,       // No such class.
                                         1, 2, 3, 4, 0.9F,  0.5F});  // Not a class.
  EXPECT_THAT(found(detector_of(Head::boxes, 3), {rows}),
              ElementsAre(Near(Box{5, 6, 7, 8, 0.75F, 0}), Near(Box{1, 2, 3, 4, 0.5F, 2})));
  EXPECT_THAT(found(detector_of(Head::boxes, 0), {rows}).size(), 3U) << "any class, while their number is unknown";
}

TEST(Detect, EveryImageOfABatchHasItsBoxes) {
  const Tensor rows = tensor({2, 1, 6}, {1, 1, 2, 2, 0.9F, 0, 5, 5, 6, 6, 0.8F, 1});
  const Detector detector = detector_of(Head::boxes, 2);
  EXPECT_THAT(found(detector, {rows}, 0), ElementsAre(Near(Box{1, 1, 2, 2, 0.9F, 0})));
  EXPECT_THAT(found(detector, {rows}, 1), ElementsAre(Near(Box{5, 5, 6, 6, 0.8F, 1})));
  for (const std::size_t image : {std::size_t{2}, std::numeric_limits<std::size_t>::max()})
    EXPECT_FALSE(detect(detector, std::vector{rows}, image));
}

TEST(Detect, OverlapsGoAndTheBestStay) {
  const Tensor rows = tensor({1, 4, 6}, {0, 0, 10, 10, 0.8F, 0, 1,  0, 11, 10, 0.9F, 0,  //
                                         1, 0, 11, 10, 0.7F, 1, 30, 0, 40, 10, 0.6F, 0});
  const Detector detector = detector_of(Head::boxes, 2);
  EXPECT_THAT(found(detector, {rows}), ElementsAre(Near(Box{1, 0, 11, 10, 0.9F, 0}), Near(Box{1, 0, 11, 10, 0.7F, 1}),
                                                   Near(Box{30, 0, 40, 10, 0.6F, 0})));
  EXPECT_EQ(found(detector, {rows}, 0, {.max_overlap = 0.9F}).size(), 4U);
  EXPECT_EQ(found(detector, {rows}, 0, {.most = 2}).size(), 2U);
}

TEST(Detect, BoxesMustScoreMoreThanTheLeastScore) {
  const Tensor rows = tensor({1, 2, 6}, {0, 0, 10, 10, 0.5F, 0, 20, 0, 30, 10, 0, 0});
  const Detector detector = detector_of(Head::boxes, 1);
  EXPECT_THAT(found(detector, {rows}, 0, {.min_score = 0.5F}), IsEmpty());
  EXPECT_EQ(found(detector, {rows}, 0, {.min_score = 0}).size(), 1U);
}

TEST(Detect, BoxesWithoutAreaOrFiniteNumbersAreDropped) {
  for (const float bad : {kNan, kInfinity, -kInfinity})
    for (int i = 0; i < 6; ++i) {
      std::vector<float> row{1, 1, 2, 2, 0.9F, 0};
      row[static_cast<std::size_t>(i)] = bad;
      EXPECT_THAT(found(detector_of(Head::boxes, 1), {tensor({1, 1, 6}, row)}), IsEmpty()) << bad << " at " << i;
    }
  EXPECT_THAT(found(detector_of(Head::boxes, 1), {tensor({1, 2, 6}, {2, 2, 1, 1, 0.9F, 0, 1, 1, 1, 2, 0.9F, 0})}),
              IsEmpty());
}

// Returns outputs of a head for two classes, all of whose numbers are the same.
std::vector<Tensor> filled(Head head, float number) {
  std::vector<Shape> shapes;
  switch (head) {
    case Head::yolov5:
      shapes = {{1, 3 * kCells, 7}};
      break;
    case Head::yolov8:
      shapes = {{1, 6, kCells}};
      break;
    case Head::nanodet:
      shapes = {{1, 32, 2}, {1, 8, 2}, {1, 2, 2}, {1, 32, 8}, {1, 8, 8}, {1, 2, 8}};
      break;
    case Head::centernet:
      shapes = {{1, 2, 8, 16}, {1, 2, 8, 16}, {1, 2, 8, 16}};
      break;
    case Head::boxes:
      shapes = {{1, 9, 6}};
      break;
  }
  std::vector<Tensor> outputs;
  for (const Shape& shape : shapes)
    outputs.push_back(tensor(shape, std::vector<float>(byte_count(DType::fp32, shape)->count / 4, number)));
  return outputs;
}

constexpr std::array kHeads{Head::yolov5, Head::yolov8, Head::nanodet, Head::centernet, Head::boxes};

TEST(Detect, AnyNumbersGiveBoxesOrNone) {
  for (const Head head : kHeads)
    for (const float number : {kNan, kInfinity, -kInfinity, 3e38F, -3e38F, 1e-45F, 1.0F, 0.0F})
      for (const Box& box : found(detector_of(head, 2), filled(head, number))) {
        EXPECT_TRUE(std::isfinite(box.x_min + box.y_min) && std::isfinite(box.x_max + box.y_max));
        EXPECT_TRUE(box.x_max > box.x_min && box.y_max > box.y_min) << name(head) << " of " << number;
      }
}

TEST(Detect, ANotANumberSpoilsNoOtherBox) {
  Table numbers(4 + 2, kCells);
  for (std::size_t i = 0; i < kCells; ++i) numbers.set_column(i, {kNan, kNan, kNan, kNan, kNan, kNan});
  numbers.set_column(3, {20, 10, 8, 4, kNan, 0.9F});
  EXPECT_THAT(found(detector_of(Head::yolov8, 2), {tensor({1, 6, kCells}, numbers.numbers())}),
              ElementsAre(Near(Box{16, 8, 24, 12, 0.9F, 1})));
}

TEST(Detect, AMillionBoxesAreTooManyForNoOne) {
  constexpr std::size_t kCount = 1'000'000;
  std::vector<float> numbers;
  numbers.reserve(kCount * 6);
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto x = static_cast<float>(i % 1000) * 10, y = static_cast<float>(i / 1000) * 10;
    const float score = 0.5F + static_cast<float>(i) / (2 * kCount + 2);
    numbers.insert(numbers.end(), {x, y, x + 5, y + 5, score, 0});
  }
  const std::vector<Box> boxes = found(detector_of(Head::boxes, 1), {tensor({1, kCount, 6}, numbers)});
  ASSERT_EQ(boxes.size(), 300U);
  EXPECT_THAT(boxes.front(), Near(Box{9990, 9990, 9995, 9995, 1.0F, 0}));
  EXPECT_GT(boxes.back().score, 0.999F);
}

TEST(Detect, OutputsOfAnotherFormAreRefused) {
  for (const Head head : kHeads) {
    EXPECT_FALSE(detect(detector_of(head, 2), {}, 0)) << name(head);
    EXPECT_FALSE(detect(detector_of(head, 2), std::vector{Tensor()}, 0)) << name(head);
    EXPECT_FALSE(detect(detector_of(head, 2), std::vector{tensor({1, 5}, std::vector<float>(5))}, 0)) << name(head);
  }
  std::vector<Tensor> maps = filled(Head::nanodet, 0);
  maps[5] = tensor({2, 2, 8}, std::vector<float>(32));
  const Result<std::vector<Box>> boxes = detect(detector_of(Head::nanodet, 2), maps, 0);
  ASSERT_FALSE(boxes) << "maps of one image and of two";
}

TEST(Detect, OptionsOutOfRangeAreRefused) {
  for (const DetectOptions& bad :
       {DetectOptions{.min_score = -0.1F}, DetectOptions{.min_score = kNan}, DetectOptions{.max_overlap = 1.5F},
        DetectOptions{.max_overlap = kNan}, DetectOptions{.most = 0}, DetectOptions{.most = kMostBoxes + 1}}) {
    const Result<void> good = check(bad);
    ASSERT_FALSE(good);
    EXPECT_THAT(good.error().message, HasSubstr("choose"));
    EXPECT_FALSE(detect(detector_of(Head::boxes, 2), filled(Head::boxes, 1), 0, bad));
  }
  EXPECT_TRUE(check({}));
}

}  // namespace
}  // namespace tideline::task
