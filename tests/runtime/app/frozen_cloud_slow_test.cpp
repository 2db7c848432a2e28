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
  int late = 0;
  for (int i = 0; i < 40; ++i) {  // By itself each would wait out its patience of a second.
    const TimePoint began = Clock::now();
    const Answer answer = infer(edge.port);
    if (Clock::now() - began > std::chrono::milliseconds(500)) ++late;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.data, before.data);
    const json& placement = answer.parameters["placement"];
    // Once the edge knows that nobody is there, its plan is to serve alone.
    EXPECT_TRUE(placement == "fallback" || (i > 0 && placement == "edge")) << placement;
  }
  EXPECT_LE(late, 5);
  EXPECT_TRUE(eventually([&] { return !linked(edge.port); }));
  cloud.child->signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return infer(edge.port).parameters["placement"] == "split"; })) << edge.child->err();
}

}  // namespace
}  // namespace tideline
