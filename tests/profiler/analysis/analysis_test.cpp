#include "profiler/analysis/analysis.h"

#include "tests/profiler/campaigns.h"
#include "tests/profiler/synthetic.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace tideline::analysis {
namespace {

using ::testing::ElementsAre;
using namespace tideline::fixtures;

Analysis analysed(const MeasurementSet& of) {
  auto found = analyse(of, {1, {ms(0), ms(1), ms(1000)}});
  if (!found) ADD_FAILURE() << found.error().message;
  return *std::move(found);
}

std::uint32_t truly_best(const Truth& truth, const plan::Stress& condition) {
  std::uint32_t best = 0;
  for (std::uint32_t cut = 1; cut < truth.cuts; ++cut)
    if (truth.total(cut, condition) < truth.total(best, condition)) best = cut;
  return best;
}

// The mean over conditions of what is truly saved beside the cut that is best on average.
double true_gain(const Truth& truth, const std::vector<plan::Stress>& conditions) {
  std::vector<double> sums(truth.cuts);
  for (const plan::Stress& s : conditions)
    for (std::uint32_t cut = 0; cut < truth.cuts; ++cut) sums[cut] += truth.total(cut, s);
  const auto stays = static_cast<std::uint32_t>(std::ranges::min_element(sums) - sums.begin());
  double gain = 0;
  for (const plan::Stress& s : conditions) gain += 1 - truth.total(truly_best(truth, s), s) / truth.total(stays, s);
  return gain / static_cast<double>(conditions.size());
}

TEST(Analysis, WithoutNoiseTheTruthIsFoundForCertain) {
  const Truth truth;
  const MeasurementSet of = measured(truth, 0, 1, 1);
  const Analysis found = analysed(of);
  for (std::size_t c = 0; c < of.conditions.size(); ++c) {
    EXPECT_EQ(of.plans[found.best[c].plan].cut, truly_best(truth, of.conditions[c]));
    EXPECT_EQ(found.best[c].raw, found.best[c].plan);
    EXPECT_GT(found.best[c].confidence, 0.95);
  }
  EXPECT_NEAR(found.over_static.raw->mean, true_gain(truth, of.conditions), 1e-9);
  EXPECT_NEAR(found.over_static.denoised.mean, true_gain(truth, of.conditions), 1e-4);
  EXPECT_NEAR(found.over_static.held_out->mean, true_gain(truth, of.conditions), 1e-4);
  EXPECT_EQ(found.differs_raw, found.differs_denoised);
  EXPECT_LT(found.noise.p95, 1e-4);
  EXPECT_EQ(found.noise.repetition, std::nullopt);
}

TEST(Analysis, NoiseAloneGainsInTheRawFiguresAndNothingInTheDenoisedOnes) {
  // Conditions make no difference, so that no cut can be better under one than under another.
  const Analysis found = analysed(measured({.slow_uplink = 1, .loaded = 1}, 0.3, 1, 1));
  EXPECT_GT(found.over_static.raw->mean, 0.1);
  EXPECT_GT(found.over_unstressed.raw->mean, 0.1);
  EXPECT_NEAR(found.over_static.denoised.mean, 0, 0.01);
  EXPECT_NEAR(found.over_unstressed.denoised.mean, 0, 0.02);
  EXPECT_LT(std::abs(found.over_static.held_out->of_total), 0.05);
  EXPECT_GT(found.noise.gain_from_noise, 0.1);
  EXPECT_GT(found.differs_raw, 0.3);
}

TEST(Analysis, AKnownGainIsRecoveredFromSingleNoisyReadings) {
  const Truth truth;
  const MeasurementSet of = measured(truth, 0.3, 1, 2);
  const Analysis found = analysed(of);
  const double gain = true_gain(truth, of.conditions);
  EXPECT_GT(found.over_static.raw->mean, gain + 0.03) << "raw figures promise too much";
  EXPECT_NEAR(found.over_static.denoised.mean, gain, 0.02);
  EXPECT_LT(found.over_static.held_out->of_total_interval.low, gain + 0.02);
  EXPECT_GT(found.over_static.held_out->of_total_interval.high, gain - 0.02);
  EXPECT_LT(found.over_static.denoised.mean_interval.low, found.over_static.denoised.mean);
  EXPECT_GT(found.over_static.denoised.mean_interval.high, found.over_static.denoised.mean);
}

TEST(Analysis, RepetitionsGiveTheNoiseAndMakeTheChoiceSurer) {
  const Analysis once = analysed(measured({}, 0.2, 1, 3)), often = analysed(measured({}, 0.2, 5, 3));
  ASSERT_TRUE(often.noise.repetition);
  EXPECT_GT(*often.noise.repetition, 0.08);
  EXPECT_LT(*often.noise.repetition, 0.2) << "the parts' noise of 20 % averages out in the total";
  const auto sum = [](const Analysis& a) {
    double all = 0;
    for (const BestPlan& best : a.best) all += best.confidence;
    return all;
  };
  EXPECT_GT(sum(often), sum(once));
}

TEST(Analysis, OutliersAreCountedAndHardlyMoveTheFit) {
  MeasurementSet clean = measured({}, 0.1, 3, 1), odd = clean;
  for (const std::size_t at : {100u, 2000u}) {
    table::Terms& terms = odd.timings[at].terms;
    for (Duration* const time : {&terms.head, &terms.encode, &terms.network, &terms.queue, &terms.tail}) *time *= 100;
  }
  EXPECT_EQ(analysed(clean).noise.outliers, 0u);
  const Analysis found = analysed(odd);
  EXPECT_EQ(found.noise.outliers, 2u);
  EXPECT_NEAR(found.over_static.denoised.mean, analysed(clean).over_static.denoised.mean, 0.01);
}

TEST(Analysis, VarianceGoesToTheConditionsThatCauseIt) {
  const Analysis found = analysed(measured({.loaded = 1}, 0.01, 1, 1));
  ASSERT_EQ(found.variance.factors.size(), 5u);
  EXPECT_EQ(found.variance.factors[0].name, "uplink");
  EXPECT_GT(found.variance.factors[0].alone, 0.1);
  EXPECT_GT(found.variance.factors[0].with_plan, 0.01);
  for (std::size_t axis = 1; axis < 5; ++axis) EXPECT_LT(found.variance.factors[axis].alone, 0.001);
  double sum = found.variance.plan + found.variance.rest;
  for (const Factor& factor : found.variance.factors) sum += factor.alone + factor.with_plan;
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST(Analysis, BreakEvenIsCostOverWhatARequestSaves) {
  // Two plans that take turns: 10 ms are saved under one of two conditions.
  MeasurementSet two{.model = "m", .conditions = {{50_Mbps}, {10_Mbps}}, .plans = {{0}, {1}}};
  const auto add = [&](std::uint32_t condition, std::uint32_t plan, int network) {
    two.timings.push_back({condition, plan, {.head = ms(plan == 0 ? 1 : 15), .network = ms(network), .tail = ms(5)}});
  };
  add(0, 0, 4), add(1, 0, 40), add(0, 1, 2), add(1, 1, 16);
  const Analysis found = analysed(*tidied(two));
  EXPECT_EQ(found.moves_pay, 0.5);
  ASSERT_EQ(found.break_even.size(), 3u);
  EXPECT_EQ(found.break_even[0].median, 0);
  EXPECT_EQ(found.break_even[1].median, 1);
  EXPECT_GT(found.break_even[2].median, 50);
}

TEST(Analysis, AGridTooSmallToLeaveConditionsOutLeavesRepetitionsOut) {
  const Truth truth;
  MeasurementSet of = measured(truth, 0.05, 3, 1);
  std::erase_if(of.timings, [&](const TimedPlan& t) {
    const plan::Stress& s = of.conditions[t.condition];
    return s.edge_cpu + s.edge_memory + s.cloud_cpu + s.cloud_memory > 0;
  });
  of = *tidied(of);
  ASSERT_EQ(of.conditions.size(), 3u);
  const Analysis found = analysed(of);
  ASSERT_TRUE(found.over_static.held_out);
  EXPECT_EQ(found.over_static.held_out->each.size(), 3u);
}

TEST(Analysis, WhatWasMeasuredOnceUnderOneConditionIsStillAnalysed) {
  MeasurementSet of = measured({}, 0.05, 1, 1);
  std::erase_if(of.timings, [](const TimedPlan& t) { return t.condition != 0; });
  const Analysis found = analysed(*tidied(of));
  EXPECT_EQ(found.over_static.held_out, std::nullopt);
  EXPECT_EQ(found.over_static.denoised.mean, 0);
  EXPECT_TRUE(found.break_even.empty()) << "nothing is ever gained";
}

TEST(Analysis, DelaysAreACauseOfTheirOwn) {
  const Truth truth{.conditions = link_grid()};
  MeasurementSet of = measured(truth, 0.02, 3, 1);
  // The deepest cut sends nothing, so that a long delay makes it the best.
  for (TimedPlan& timing : of.timings)
    if (of.plans[timing.plan].cut == 7) timing.terms.network = {};
  const Analysis found = analysed(of);
  std::vector<std::string_view> names;
  for (const Factor& factor : found.variance.factors) names.push_back(factor.name);
  EXPECT_THAT(names, ElementsAre("uplink", "delay", "edge cpu", "cloud cpu"));
  EXPECT_GT(found.variance.factors[1].alone, 0.05);
  EXPECT_GT(found.variance.factors[1].with_plan, 0.01);
  std::vector<std::string> levels;
  for (const LevelNoise& level : found.noise.by_level)
    if (level.axis == "delay") levels.push_back(level.level);
  EXPECT_THAT(levels, ElementsAre("0 ms", "10 ms", "80 ms"));
  for (std::size_t c = 0; c < of.conditions.size(); ++c) {
    const plan::Stress& s = of.conditions[c];
    if (s.edge_cpu > 0 || s.uplink != 50_Mbps) continue;
    EXPECT_EQ(of.plans[found.best[c].plan].cut == 7, s.delay == ms(80)) << to_string(s);
  }
}

}  // namespace
}  // namespace tideline::analysis
