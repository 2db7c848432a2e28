#include "runtime/engine/reference.h"

#include "tests/support/lenet.h"

#include <gmock/gmock.h>

namespace tideline::engine {
namespace {

Reference reference() {
  auto made = Reference::of(*lenet(), SampleInputs::random(lenet()->inputs(), 1, 5));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

Result<std::vector<Tensor>> by_lenet(Input input) {
  return lenet()->run(lenet()->whole(), *input.tensors());
}

TEST(Reference, AgreesWithTheNetworkThatItWasMadeBy) {
  const auto agreement = reference().compare(by_lenet);
  ASSERT_TRUE(agreement) << agreement.error().message;
  EXPECT_EQ(*agreement, (plan::Agreement{1, 0, 5}));
}

TEST(Reference, AsksForEachInputOfTheSampleOnceAndNoTwoAreAlike) {
  std::vector<Tensor> asked;
  const auto agreement = reference().compare([&asked](Input input) {
    for (const Tensor& before : asked) EXPECT_FALSE(identical(before, input.ready()[0]));
    asked.push_back(input.ready()[0]);
    return by_lenet(std::move(input));
  });
  ASSERT_TRUE(agreement);
  EXPECT_EQ(asked.size(), 5u);
}

TEST(Reference, NoticesAnAnswerToAnotherInput) {
  const auto other = by_lenet(Input(model::random_tensors(lenet()->inputs(), 99)));
  const auto agreement = reference().compare([&other](const Input&) { return other; });
  ASSERT_TRUE(agreement);
  EXPECT_GT(agreement->max_error, 0.1);
}

TEST(Reference, HandsOnWhyThereIsNoAnswer) {
  const auto agreement = reference().compare(
      [](const Input&) -> Result<std::vector<Tensor>> { return error(ErrorKind::unavailable, "gone"); });
  ASSERT_FALSE(agreement);
  EXPECT_EQ(agreement.error().kind, ErrorKind::unavailable);
}

TEST(Reference, RefusesAnAnswerOfAnotherForm) {
  const auto agreement = reference().compare([](const Input& input) -> Result<std::vector<Tensor>> {
    return std::vector(input.ready().begin(), input.ready().end());
  });
  ASSERT_FALSE(agreement);
  EXPECT_THAT(agreement.error().message, testing::HasSubstr("do not have the form"));
}

}  // namespace
}  // namespace tideline::engine
