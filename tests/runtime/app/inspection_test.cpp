#include "runtime/app/print/inspection.h"

#include "runtime/app/print/step_line.h"
#include "tests/support/agent.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::HasSubstr;

TEST(Inspection, TellsOfEveryCutThatItVerified) {
  const auto model = model::Model::load(lenet_file(), {});
  ASSERT_TRUE(model) << model.error().message;
  std::vector<print::InspectionStep> steps;
  const auto seen =
      print::inspect(**model, true, false, [&steps](const print::InspectionStep& step) { steps.push_back(step); });
  ASSERT_TRUE(seen) << seen.error().message;
  const std::size_t cuts = (*model)->cuts().size();
  EXPECT_GT(cuts, 8U);  // So that heads go on from a cut that is not the first.
  ASSERT_EQ(steps.size(), cuts + 1);
  for (std::size_t i = 0; i <= cuts; ++i) EXPECT_EQ(steps[i].done, i);
  ASSERT_EQ(seen->checks.size(), cuts);
  for (const print::CutCheck& check : seen->checks) EXPECT_TRUE(check.exact);
}

TEST(Inspection, SaysWhenItBeginsAndEndsToVerify) {
  const Ran ran = run_agent({TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file(), "--verify"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("verify cuts: 0 of "));
  EXPECT_EQ(ran.out.find("verify cuts"), std::string::npos);
}

TEST(Inspection, StepsSayHowLongTheRestTakes) {
  using std::chrono::seconds;
  EXPECT_EQ(print::text_of({"verify cuts", 0, 40}, 0, seconds(0)), "verify cuts: 0 of 40");
  EXPECT_EQ(print::text_of({"verify cuts", 10, 40}, 0, seconds(5)), "verify cuts: 10 of 40, 15 s to go");
  EXPECT_EQ(print::text_of({"compare codecs", 11, 41}, 1, seconds(5)), "compare codecs: 11 of 41, 15 s to go");
  EXPECT_EQ(print::text_of({"verify cuts", 40, 40}, 0, seconds(20)), "verify cuts: 40 of 40");
}

// It was told "1 of 40" first, and counted from when the machine was started.
TEST(Inspection, StepsThatBeginWithTheirFirstResultSayNoTime) {
  testing::internal::CaptureStderr();
  {
    print::StepLine line;
    line.show({"compare codecs", 1, 40});
    line.show({"encode frames", 1, 40});
  }
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("compare codecs: 1 of 40"), std::string::npos) << told;
  EXPECT_NE(told.find("encode frames: 1 of 40"), std::string::npos) << told;
  EXPECT_EQ(told.find("to go"), std::string::npos) << told;
}

}  // namespace
}  // namespace tideline
