#include "profiler/analysis/denoise.h"

#include "tests/profiler/campaigns.h"
#include "tests/profiler/synthetic.h"

#include <gmock/gmock.h>

#include <cmath>

namespace tideline::analysis {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

// The largest relative error of what is predicted.
double worst(const Denoised& found, const MeasurementSet& of, const Truth& truth) {
  double most = 0;
  for (std::size_t c = 0; c < of.conditions.size(); ++c)
    for (std::size_t p = 0; p < of.plans.size(); ++p)
      most = std::max(most, std::abs(found.total.at(c, p) / truth.total(of.plans[p].cut, of.conditions[c]) - 1));
  return most;
}

Denoised denoised(const MeasurementSet& of) {
  auto found = denoise(of, part_readings(of));
  if (!found) ADD_FAILURE() << found.error().message;
  return *std::move(found);
}

TEST(Denoise, WithoutNoiseTheTruthIsRecovered) {
  const MeasurementSet of = measured({}, 0, 1, 1);
  EXPECT_LT(worst(denoised(of), of, {}), 1e-4);
}

TEST(Denoise, SingleReadingsWithManyPerCentOfNoiseStillGiveTheTruth) {
  const MeasurementSet of = measured({}, 0.2, 1, 1);
  const Denoised found = denoised(of);
  EXPECT_LT(worst(found, of, {}), 0.15);
  EXPECT_NEAR(found.residual_sd[0], 0.2, 0.03);
}

TEST(Denoise, ADelayIsTheNetworksTogetherWithTheUplink) {
  const PartConditions same = part_conditions(link_grid());
  EXPECT_EQ(same.count, (std::array{2u, 6u, 2u}));
  const Truth truth{.conditions = link_grid()};
  const MeasurementSet of = measured(truth, 0, 1, 1);
  EXPECT_LT(worst(denoised(of), of, truth), 1e-3);
}

TEST(Denoise, ADelayThatAddsToATermWhichIsMultipliedIsAnInteractionThatNoiseDoesNotHide) {
  const Truth truth{.conditions = link_grid()};
  const MeasurementSet of = measured(truth, 0.1, 5, 1);
  const Denoised found = denoised(of);
  EXPECT_GT(found.interaction_sd[1], 0.1);
  EXPECT_LT(worst(found, of, truth), 0.1);
}

TEST(Denoise, ATermThatTakesNoTimeIsPredictedAsNone) {
  MeasurementSet of = measured({}, 0.05, 1, 1);
  for (TimedPlan& timing : of.timings) {
    if (of.plans[timing.plan].cut == 0) timing.terms.head = {};
    if (of.plans[timing.plan].cut == 7) timing.terms.network = {};
  }
  const Denoised found = denoised(of);
  for (std::size_t c = 0; c < of.conditions.size(); ++c) {
    EXPECT_EQ(found.parts[0].at(c, 0), 0);
    EXPECT_EQ(found.parts[1].at(c, 7), 0);
    EXPECT_GT(found.parts[0].at(c, 7), 0);
  }
}

TEST(Denoise, TheTailOfEdgeOnlyIsTheEdges) {
  MeasurementSet of = measured({}, 0, 1, 1);
  of.edge_only = 7;
  const auto readings = part_readings(of);
  for (const PartReading& r : readings) {
    if (of.plans[r.plan].cut != 7) continue;
    EXPECT_EQ(r.ms[2], 0);
    EXPECT_GT(r.ms[0], Truth{}.edge(7, of.conditions[r.condition]));
  }
}

TEST(Denoise, APairThatIsMissingIsPredictedFromTheOthers) {
  MeasurementSet of = measured({}, 0, 1, 1);
  std::erase_if(of.timings, [](const TimedPlan& t) { return t.condition == 5 && t.plan == 2; });
  EXPECT_LT(worst(denoised(of), of, {}), 1e-4);
}

TEST(Denoise, AConditionThatNothingTellsOfIsAnErrorThatNamesThePart) {
  MeasurementSet of = measured({}, 0, 1, 1);
  std::erase_if(of.timings, [&](const TimedPlan& t) { return of.conditions[t.condition].uplink == 10_Mbps; });
  const auto found = denoise(of, part_readings(of));
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("network: no chain of readings connects"));
}

}  // namespace
}  // namespace tideline::analysis
