#include "profiler/analysis/measurement_set.h"

#include "profiler/journal/journal.h"
#include "profiler/journal/lines_write.h"
#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

namespace tideline::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace tideline::fixtures;

MeasurementSet two_plans() {
  return {.model = "m",
          .conditions = {{10_Mbps, 1}, {50_Mbps}, {25_Mbps}},
          .plans = {{0}, {1}, {2, plan::Codec::q16}},
          .timings = {{0, 0, {.head = ms(1)}}, {1, 2, {.head = ms(2)}}}};
}

TEST(MeasurementSet, TheLeastStressedConditionComesFirstAndWhatWasNotMeasuredIsLeftOut) {
  const auto found = tidied(two_plans());
  ASSERT_TRUE(found);
  EXPECT_THAT(found->conditions, ElementsAre(plan::Stress{50_Mbps}, plan::Stress{10_Mbps, 1}));
  EXPECT_THAT(found->plans, ElementsAre(MeasuredPlan{0}, MeasuredPlan{2, plan::Codec::q16}));
  EXPECT_THAT(found->timings, ElementsAre(TimedPlan{1, 0, {.head = ms(1)}}, TimedPlan{0, 1, {.head = ms(2)}}));
  EXPECT_THAT(found->remarks, ElementsAre("1 of 3 conditions were not measured and are left out",
                                          "1 of 3 plans were not measured and are left out",
                                          "2 of 4 pairs of condition and plan were not measured"));
}

TEST(MeasurementSet, AnUplinkThatIsNotShapedIsLessStressedThanOneThatIs) {
  MeasurementSet found = two_plans();
  found.conditions = {{50_Mbps}, {std::nullopt}, {10_Mbps}};
  EXPECT_THAT(tidied(found)->conditions, ElementsAre(plan::Stress{}, plan::Stress{50_Mbps}));
}

TEST(MeasurementSet, ALongerDelayIsMoreStressAndOneThatAllHaveIsNone) {
  MeasurementSet found = two_plans();
  const plan::Stress plain{50_Mbps}, later{50_Mbps, 0, 0, 0, 0, ms(20)}, slow{25_Mbps};
  found.conditions = {later, plain, slow};
  found.timings.push_back({2, 0, {.head = ms(1)}});
  EXPECT_THAT(tidied(found)->conditions, ElementsAre(plain, slow, later));
  for (plan::Stress& condition : found.conditions) condition.delay = ms(20);
  EXPECT_THAT(tidied(found)->conditions, ElementsAre(later, later, plan::Stress{25_Mbps, 0, 0, 0, 0, ms(20)}));
}

TEST(MeasurementSet, TimesThatMakeNoSenseAreRefused) {
  MeasurementSet found = two_plans();
  found.timings[1].terms.tail = Duration(-1);
  EXPECT_THAT(tidied(found).error().message, HasSubstr("cut 2 q16 took -1 ns"));
  found.timings[1].terms = {};
  EXPECT_THAT(tidied(found).error().message, HasSubstr("took no time at all"));
  found.timings[1].terms.head = std::chrono::hours(25);
  EXPECT_THAT(tidied(found).error().message, HasSubstr("which is out of range"));
}

TEST(MeasurementSet, NothingAndOnePlanAloneAreRefused) {
  MeasurementSet found = two_plans();
  found.timings.pop_back();
  EXPECT_THAT(tidied(found).error().message, HasSubstr("only cut 0 was measured"));
  found.timings.clear();
  EXPECT_THAT(tidied(found).error().message, HasSubstr("no measurements; measure first"));
}

TEST(MeasurementSet, TheNoiseOfAJournalIsTold) {
  const Folder folder;
  ASSERT_TRUE(journal::Journal::create(folder.file("j"), small_campaign()));
  std::string text = text_in(folder.file("j"));
  for (std::uint32_t candidate = 0; candidate < 3; ++candidate) text += line_of(sample(0, candidate, 0)) + "\n";
  put(folder.file("j"), text);
  const auto found = study_of(*journal::Journal::read(folder.file("j")));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->remarks.front(), "3 lines are blank, and left out; the first is line 3");
}

TEST(MeasurementSet, AJournalOfOursIsTakenOver) {
  const Folder folder;
  auto journal = journal::Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  for (std::uint32_t candidate = 0; candidate < 3; ++candidate)
    for (std::uint32_t repetition = 0; repetition < 2; ++repetition)
      ASSERT_TRUE(journal->append(sample(0, candidate, repetition)));
  const auto found = study_of(*journal);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->model, "alexnet");
  EXPECT_EQ(found->timings.size(), 6u);
  EXPECT_EQ(found->edge_only, 2u);
  EXPECT_TRUE(found->every_term);
  EXPECT_EQ(found->plans[1], (MeasuredPlan{1, plan::Codec::fp16, "features.2 max_pool2d", 2000.0, std::nullopt}));
  EXPECT_EQ(found->timings[0].terms, sample(0, 0, 0).terms);
}

TEST(MeasurementSet, OfAJournalWithLabelsSaysHowManyAnswersAreRight) {
  const Folder folder;
  auto journal = journal::Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  plan::Agreement good = agreement(), bad = agreement();
  good.accuracy = plan::Accuracy{.labelled = 16, .top1 = 14, .top5 = 16, .whole_top1 = 14, .whole_top5 = 16};
  bad.accuracy = plan::Accuracy{.labelled = 16, .top1 = 8, .top5 = 15, .whole_top1 = 14, .whole_top5 = 16};
  ASSERT_TRUE(journal->append_agreement(0, good));
  ASSERT_TRUE(journal->append_agreement(1, bad));
  for (std::uint32_t candidate = 0; candidate < 3; ++candidate) ASSERT_TRUE(journal->append(sample(0, candidate, 0)));
  const auto found = study_of(*journal);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->plans[1].agreement, bad);
  EXPECT_THAT(found->remarks,
              testing::Contains("right answers: the whole network in fp32 87.5 % (64 % to 96.5 %) of 16 "
                                "labelled images; plans 50 % to 87.5 %"));
}

}  // namespace
}  // namespace tideline::analysis
