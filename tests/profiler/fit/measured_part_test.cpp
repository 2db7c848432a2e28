#include "profiler/fit/measured_part.h"

#include "profiler/fit/build_table.h"
#include "tests/profiler/campaigns.h"

#include <gtest/gtest.h>

namespace tideline::fit {
namespace {

using namespace tideline::fixtures;

// Every candidate but `without`, once in each cell.
journal::Measurements measured_without(std::uint32_t without) {
  journal::Context context = small_campaign();
  context.anchors = {0, 1, 2};
  journal::Measurements measured = journal::begun(context);
  for (std::uint32_t cell = 0; cell < 2; ++cell)
    for (std::uint32_t i = 0; i < 3; ++i)
      if (i != without) measured.samples.push_back(sample(cell, i, 0));
  for (auto& one : measured.agreements) one = agreement();
  measured.agreements[2]->top1 = 0.5;
  measured.anchors = {anchor()};
  return measured;
}

TEST(MeasuredPart, OfAWholeJournalIsTheJournal) {
  const journal::Measurements all = measured_without(9);
  EXPECT_EQ(measured_part(all).samples, all.samples);
  EXPECT_EQ(measured_part(all).context.candidates, all.context.candidates);
}

TEST(MeasuredPart, LacksCandidatesWithoutASampleInTheFirstCellAndNumbersTheOthersAgain) {
  const journal::Measurements all = measured_without(1);
  const journal::Measurements part = measured_part(all);
  ASSERT_EQ(part.context.candidates.size(), 2u);
  EXPECT_EQ(part.context.candidates[1], all.context.candidates[2]);
  EXPECT_EQ(part.context.anchors, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(part.samples.size(), 4u);
  EXPECT_EQ(part.samples[1].candidate, 1u);
  EXPECT_EQ(part.anchors[0].candidate, 1u);
  EXPECT_EQ(part.agreements[1]->top1, 0.5);
  const auto table = build_table(part, "2025-01-02T03:04:05Z");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->unstressed().estimates.size(), 2u);
  EXPECT_FALSE(build_table(all, ""));
}

TEST(MeasuredPart, LacksWhatWasMeasuredInOtherCellsOnly) {
  journal::Measurements all = measured_without(1);
  all.samples.push_back(sample(1, 1, 0));
  EXPECT_EQ(measured_part(all).samples.size(), 4u);
}

TEST(MeasuredPart, OfAnEmptyJournalIsEmpty) {
  EXPECT_EQ(measured_part(journal::begun(small_campaign())).context.candidates.size(), 3u);
}

}  // namespace
}  // namespace tideline::fit
