#include "policy/plan/accuracy.h"

#include <gtest/gtest.h>

namespace tideline::plan {
namespace {

// Method 3 of table I in Newcombe 1998, Stat. Med. 17, 857-872, to four digits.
TEST(Accuracy, TheIntervalOfAShareIsWilsonsAsNewcombePrintsIt) {
  struct Printed {
    Counted counted;
    double low, high;
  };
  for (const Printed& printed : {Printed{{81, 263}, 0.2553, 0.3662}, Printed{{15, 148}, 0.0624, 0.1605},
                                 Printed{{0, 20}, 0, 0.1611}, Printed{{1, 29}, 0.0061, 0.1718}}) {
    const ShareInterval interval = interval_of(printed.counted);
    EXPECT_NEAR(interval.low, printed.low, 5e-5) << printed.counted.hits;
    EXPECT_NEAR(interval.high, printed.high, 5e-5) << printed.counted.hits;
  }
}

TEST(Accuracy, TheIntervalOfAllIsThatOfNoneTurnedRound) {
  for (const std::uint64_t of : {1u, 7u, 100u}) {
    EXPECT_EQ(interval_of({0, of}).low, 0);
    EXPECT_EQ(interval_of({of, of}).high, 1);
    EXPECT_NEAR(interval_of({of, of}).low, 1 - interval_of({0, of}).high, 1e-12);
    EXPECT_LT(interval_of({of, of}).low, 1) << "all of a few is not certain";
  }
}

TEST(Accuracy, IsWrittenWithItsInterval) {
  EXPECT_EQ(to_string(Counted{131, 188}), "69.7 % (62.8 % to 75.8 %) of 188");
}

}  // namespace
}  // namespace tideline::plan
