// A cloud whose process stands still while its kernel goes on, as seen by those who ask the edge.
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <csignal>

namespace tideline {
namespace {

TEST(FrozenCloud, CostsAFewRequestsTheirPatienceAndTheRestNothing) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port), "--cut", "2"});
  Answer before;
  ASSERT_TRUE(eventually([&] {
    before = infer(edge.port);
    return before.parameters["placement"] == "split";
  })) << edge.child->err();
  cloud.child->signal(SIGSTOP);
  const TimePoint began = Clock::now();
  for (int i = 0; i < 40; ++i) {  // By itself each would wait out its patience: 40 s.
    const Answer answer = infer(edge.port);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.data, before.data);
    EXPECT_EQ(answer.parameters["placement"], "fallback");
  }
  EXPECT_LT(Clock::now() - began, std::chrono::seconds(20));
  EXPECT_FALSE(linked(edge.port));
  cloud.child->signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return infer(edge.port).parameters["placement"] == "split"; })) << edge.child->err();
}

}  // namespace
}  // namespace tideline
