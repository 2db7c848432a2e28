#include "policy/estimate/table_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>

namespace tideline::estimate {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

// Cuts take turns, one request each half second. Each part takes `table`, times what the test says, and scatters by a
// tenth. `loaded`: another program visibly uses the machine.
class Machines {
 public:
  std::map<std::uint32_t, double> slower{{3, 1}, {5, 1}, {7, 1}};
  std::function<double(double)> load = [](double) { return 1.0; };  // By seconds.
  Part part = Part::tail;
  bool loaded = false;
  Duration table = milliseconds(40);
  Duration ci95{};

  // Returns after how many minutes the table no longer fits; nothing if it does all the time.
  std::optional<double> run(Duration time) {
    const double begin = at_;
    while (at_ < begin + seconds(time)) {
      serve();
      if (fit.verdict().misfit) return (at_ - begin) / 60;
    }
    return std::nullopt;
  }
  void serve() {
    const auto& [cut, factor] = *std::next(slower.begin(), turn_++ % static_cast<std::ptrdiff_t>(slower.size()));
    const double took = factor * load(at_) * std::exp(0.1 * normal_(random_));
    fit.update({part, {"net", cut, plan::Codec::q8}, from_seconds(took * seconds(table)), table, ci95, loaded},
               TimePoint() + from_seconds(at_));
    at_ += 0.5;
  }

  TableFit fit{3};

 private:
  std::mt19937_64 random_{1};
  std::normal_distribution<double> normal_;
  double at_ = 0;
  std::ptrdiff_t turn_ = 0;
};

TEST(TableFit, ATableFitsWhileAllIsAsItSays) {
  Machines machines;
  EXPECT_FALSE(machines.run(hours(24)));
  EXPECT_LT(machines.fit.verdict().evidence, 0.1);
}

TEST(TableFit, ALoadOfAllCutsDoesNotChangeTheShape) {
  Machines machines;
  machines.loaded = true;
  machines.load = [](double at) { return std::fmod(at, 300) < 150 ? 1.0 : 3.0; };
  EXPECT_FALSE(machines.run(hours(24)));
}

TEST(TableFit, OneTailThatIsSlowerThanInTheTableShowsInHalfAnHourUnderAnyLoad) {
  Machines machines;
  machines.loaded = true;
  machines.load = [](double at) { return std::fmod(at, 90) < 40 ? 1.0 : 3.0; };
  EXPECT_FALSE(machines.run(hours(5)));
  machines.slower[5] = 1.5;
  const auto minutes = machines.run(hours(2));
  ASSERT_TRUE(minutes);
  EXPECT_GT(*minutes, 20);
  EXPECT_LT(*minutes, 35);
  const Misfit misfit = *machines.fit.verdict().misfit;
  EXPECT_EQ(misfit.plan.cut, 5u);
  EXPECT_EQ(misfit.part, Part::tail);
  EXPECT_TRUE(misfit.beside_others);
  EXPECT_NEAR(seconds(misfit.measured) / seconds(misfit.predicted), 1.5, 0.05);
}

TEST(TableFit, OfTwoCutsThatDifferTheOneFarFromTheTableIsToBlame) {
  Machines machines;
  machines.slower = {{3, 1}, {5, 1.5}};
  ASSERT_TRUE(machines.run(hours(1)));
  EXPECT_EQ(machines.fit.verdict().misfit->plan.cut, 5u);
}

TEST(TableFit, AnIdleEdgeThatIsSlowerThanItsTableShowsInOneAndAHalfHours) {
  for (const double factor : {2.0, 0.5}) {
    Machines machines;
    machines.part = Part::head;
    machines.slower = {{7, factor}};
    const auto minutes = machines.run(hours(3));
    ASSERT_TRUE(minutes) << factor;
    EXPECT_NEAR(*minutes, 91, 2) << factor;
    const Misfit misfit = *machines.fit.verdict().misfit;
    EXPECT_EQ(misfit.part, Part::head);
    EXPECT_FALSE(misfit.beside_others);
    EXPECT_EQ(misfit.predicted, milliseconds(40));
    EXPECT_NEAR(1e3 * seconds(misfit.measured), 40 * factor, 4);
  }
}

TEST(TableFit, AVisibleLoadExplainsASlowEdgeUnlessItNeverPauses) {
  Machines machines;
  machines.loaded = true;
  machines.load = [](double) { return 2.0; };
  const auto minutes = machines.run(hours(20));
  ASSERT_TRUE(minutes);
  EXPECT_NEAR(*minutes / 60, 15, 0.6);
}

TEST(TableFit, ANightOfWorkIsForgivenByDay) {
  Machines machines;
  machines.loaded = true;
  machines.load = [](double at) { return std::fmod(at, 86400) < 10 * 3600 ? 2.0 : 1.0; };
  EXPECT_FALSE(machines.run(hours(24 * 5)));
}

TEST(TableFit, WhatTheTableItselfKnowsRoughlyMayDifferByThatMuch) {
  Machines machines;
  machines.ci95 = milliseconds(16);
  machines.slower = {{3, 1.5}, {5, 1.5}};
  EXPECT_FALSE(machines.run(hours(5))) << "1.3 times 1.4 is more";
}

TEST(TableFit, PartsTooShortToCompareTellNothing) {
  Machines machines;
  machines.table = std::chrono::microseconds(400);
  machines.slower = {{3, 3}, {5, 1}};
  EXPECT_FALSE(machines.run(hours(5)));
}

TEST(TableFit, FitsAgainOnceTheMachineIsItself) {
  Machines machines;
  machines.slower = {{3, 1}, {5, 1}, {7, 2}};
  ASSERT_TRUE(machines.run(hours(1)));
  machines.slower[7] = 1;
  for (int i = 0; i < 15 * 120; ++i) machines.serve();
  EXPECT_FALSE(machines.fit.verdict().misfit);
}

TEST(TableFit, OneSentenceNamesPlanTimesAndRemedy) {
  EXPECT_EQ(to_string(Misfit{.part = Part::head,
                             .plan = {"net", 7, plan::Codec::q8},
                             .predicted = milliseconds(20),
                             .measured = milliseconds(40)}),
            "the table no longer fits: the head of cut 7 on the edge takes 40 ms in place of 20 ms, while the machine "
            "was as free as it gets; measure again with agent --profile --refresh");
  EXPECT_EQ(
      to_string(Misfit{.part = Part::tail,
                       .plan = {"net", 5, plan::Codec::q8},
                       .beside_others = true,
                       .predicted = milliseconds(20),
                       .measured = milliseconds(30)}),
      "the table no longer fits: the tail of cut 5 (q8) in the cloud takes 30 ms in place of 20 ms, compared with "
      "the other plans; measure again with agent --profile --refresh");
}

}  // namespace
}  // namespace tideline::estimate
