#include "policy/replay/arrivals.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::replay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Arrivals, PeriodicOnesHaveEqualGapsAndBurstsAreFiveAtOnce) {
  EXPECT_THAT(arrival_times({.rate = 4}, 1.1, 1), ElementsAre(0, 0.25, 0.5, 0.75));
  EXPECT_THAT(arrival_times({Arrivals::bursts, 5, 7}, 1, 1), ElementsAre(0, 0, 0, 0, 0, 1, 1));
  EXPECT_THAT(arrival_times({.rate = 0.1}, 1, 1), ElementsAre(0)) << "at least one";
}

// The number in a time has the variance of its mean, and so have the gaps.
TEST(Arrivals, PoissonOnesHaveTheRateAndExponentialGaps) {
  const std::vector<Seconds> times = arrival_times({Arrivals::poisson, 20}, 5000, 3);
  EXPECT_NEAR(static_cast<double>(times.size()), 100'000, 4 * 316.0);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  EXPECT_LT(times.back(), 5000);
  double square = 0;
  for (std::size_t i = 1; i < times.size(); ++i) square += (times[i] - times[i - 1]) * (times[i] - times[i - 1]);
  EXPECT_NEAR(square / static_cast<double>(times.size()) * 20 * 20, 2, 0.06) << "the second moment of an exponential";
  EXPECT_EQ(times, arrival_times({Arrivals::poisson, 20}, 5000, 3));
  EXPECT_NE(times, arrival_times({Arrivals::poisson, 20}, 5000, 4));
  EXPECT_EQ(arrival_times({Arrivals::poisson, 20, 10}, 0.001, 3).size(), 10u) << "as many as asked";
}

TEST(Requests, AreReadFromTheirGoldenFile) {
  std::ifstream in(TIDELINE_SOURCE "/tests/policy/replay/golden/requests.csv", std::ios::binary);
  const auto times = parse_requests(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(times) << times.error().message;
  EXPECT_THAT(*times, ElementsAre(0, 0.25, 0.25, 0.75, 1.125, 2));
  EXPECT_DOUBLE_EQ(*mean_rate(*times), 2.5);
  EXPECT_FALSE(mean_rate({1, 1})) << "no time passes";
}

TEST(Requests, AreRefusedInOneSentenceWithTheLine) {
  const std::pair<std::string, std::string> bad[] = {
      {"", "the file is empty; begin with seconds"},
      {"seconds,mbit_per_s\n0,1\n", "line 1: 'seconds,mbit_per_s' is not a header of requests; write seconds"},
      {"seconds\n", "no rows; add at least one"},
      {"seconds\n1\n0.5\n", "line 3: 0.5 s comes before the 1 s of the line above; sort the rows"},
      {"seconds\n-1\n", "line 2: -1 s is not within 0 to 10000000 s"},
      {"seconds\n1e8\n", "line 2: 100000000 s is not within"},
      {"seconds\n0\n\n1\n", "line 3: the time is missing"},
      {"seconds\n1,2\n", "line 2: '1,2' is not a number"},
  };
  for (const auto& [text, says] : bad) {
    const auto times = parse_requests(text);
    ASSERT_FALSE(times) << text;
    EXPECT_EQ(times.error().kind, ErrorKind::invalid);
    EXPECT_THAT(times.error().message, HasSubstr(says));
  }
}

}  // namespace
}  // namespace tideline::replay
