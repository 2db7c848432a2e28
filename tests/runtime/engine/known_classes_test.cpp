#include "runtime/engine/known_classes.h"

#include <gmock/gmock.h>

#include <vector>

namespace tideline::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault_in(std::string_view text) {
  const auto known = parse_labels(text);
  EXPECT_FALSE(known) << text;
  return known ? "" : known.error().message;
}

Tensor scores(const std::vector<float>& numbers) {
  return Tensor::copy_of(DType::fp32, {1, static_cast<std::int64_t>(numbers.size())},
                         std::as_bytes(std::span(numbers)));
}

TEST(KnownClasses, AreReadByFileAndAFileMayHaveSeveral) {
  const auto known = parse_labels("file,class\r\ncat.jpg,281\ncat.jpg,282\na, b.jpg,7");
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->size(), 2u);
  EXPECT_EQ(known->at("cat.jpg"), (std::set<std::uint32_t>{281, 282}));
  EXPECT_EQ(known->at("a, b.jpg"), (std::set<std::uint32_t>{7}));
}

TEST(KnownClasses, OfALineThatIsNotOneAreRefusedWithItsNumber) {
  EXPECT_THAT(fault_in(""), StartsWith("1: the first line must be 'file,class'"));
  EXPECT_THAT(fault_in("cat.jpg,281\n"), StartsWith("1: "));
  EXPECT_THAT(fault_in("file,class\ncat.jpg,281\ncat.jpg\n"), HasSubstr("3: 'cat.jpg' is not a file and the number"));
  EXPECT_THAT(fault_in("file,class\ncat.jpg,-1\n"), StartsWith("2: "));
  EXPECT_THAT(fault_in("file,class\n,5\n"), StartsWith("2: "));
  EXPECT_THAT(fault_in("file,class\ncat.jpg,5x\n"), StartsWith("2: "));
  EXPECT_THAT(fault_in("file,class\n\n"), StartsWith("2: "));
}

TEST(KnownClasses, CountWhatIsRight) {
  plan::Accuracy accuracy;
  const std::vector<Tensor> second{scores({0, 3, 1})};
  count(accuracy, second, {1});
  count(accuracy, second, {0, 2});
  count(accuracy, std::vector<Tensor>{}, {1});
  EXPECT_EQ(accuracy.labelled, 3u);
  EXPECT_EQ(accuracy.right, 1u);
}

}  // namespace
}  // namespace tideline::engine
