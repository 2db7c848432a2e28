// Large networks that run by libtorch's operators, or by XNNPACK.
#include "tests/runtime/model/by_others.h"

namespace tideline {
namespace {

class LargeByOthers : public testing::TestWithParam<std::tuple<by_others::Zoo, KernelChoice>> {};

TEST_P(LargeByOthers, HasTheCutsOfTheFormThatOnednnComputesAndTheyAreExact) {
  by_others::expect_same_cuts(std::get<0>(GetParam()), std::get<1>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Networks, LargeByOthers,
                         testing::Combine(testing::Values(by_others::Zoo{"resnet50", {1, 3, 64, 64}, 31},
                                                          by_others::Zoo{"googlenet", {1, 3, 64, 64}, 41}),
                                          testing::Values(KernelChoice::libtorch, KernelChoice::xnnpack)),
                         by_others::text_of);

}  // namespace
}  // namespace tideline
