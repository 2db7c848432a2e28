#include "runtime/app/print/certainty_print.h"

#include "tests/policy/measured.h"

#include <gmock/gmock.h>

namespace tideline::print {
namespace {

using namespace tideline::fixtures;
using ::testing::HasSubstr;
using ::testing::Not;

// Cut 1 takes 63 ms and is the best; edge-only takes 100 ms. All are known within `share`.
std::string text_within(double share) {
  table::Cell cell = measured(100, ms(2), ms(1));
  cell.estimates[0].mean.head += ms(900);
  for (table::Estimate& e : cell.estimates) e.ci95 = from_seconds(share * seconds(e.mean.total()));
  return certainty_text(*small_table({cell}));
}

TEST(CertaintyPrint, NamesThePlansThatMayBeTheBestAndCountsTheOthers) {
  const std::string text = text_within(0.02);
  EXPECT_THAT(text, HasSubstr("cut 1 ("));
  EXPECT_THAT(text, HasSubstr("fp32: ± 2 %; the best in 1 of 1 conditions, perhaps in 1\n"));
  EXPECT_THAT(text, HasSubstr("2 other plans: ± 2 % at most"));
  EXPECT_THAT(text, HasSubstr("worth more time: none of the measured conditions"));
}

TEST(CertaintyPrint, NamesTheConditionsInWhichABetterPlanMayHide) {
  const std::string text = text_within(0.5);
  EXPECT_THAT(text, HasSubstr("cut 2 ("));
  EXPECT_THAT(text, HasSubstr("another plan may be better; the choice loses "));
  EXPECT_THAT(text, Not(HasSubstr("none of the measured")));
}

}  // namespace
}  // namespace tideline::print
