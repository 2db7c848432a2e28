// A million requests with a deadline, over links that go dark.
#include "tests/policy/replay/with_deadline.h"

#include <fmt/format.h>

#include <cstdio>

namespace tideline::replay {
namespace {

TEST(ReplayedDeadlinesSlow, OfAMillionRequestsNoneIsLate) {
  std::uint64_t requests = 0, late = 0, refused = 0, hedges = 0;
  for (std::uint64_t seed = 101; seed <= 120; ++seed) {
    const auto told = fixtures::serve_with_deadline(50'000, 0.6, seed);
    requests += told.adaptive.requests + told.adaptive.refused;
    late += *told.adaptive.late;
    refused += told.adaptive.refused;
    hedges += told.adaptive.counters.hedges;
  }
  fmt::print("{} requests, {} late, {} refused; {} tails here beside the cloud\n", requests, late, refused, hedges);
  std::fflush(stdout);
  EXPECT_GT(requests, 990'000u);
  EXPECT_EQ(late, 0u);
  EXPECT_EQ(refused, 0u);
}

}  // namespace
}  // namespace tideline::replay
