#include "runtime/testbed/worker.h"

#include "tests/runtime/testbed/real_machine.h"

namespace tideline::testbed {
namespace {

void echo(int line) {
  std::uint64_t word = 0;
  while (worker_hears(line, word) && worker_says(line, word + 1)) {
  }
}

TEST(Worker, WordsGoBothWays) {
  const auto worker = Worker::start(echo);
  ASSERT_TRUE(worker) << worker.error().message;
  ASSERT_TRUE((*worker)->say(41));
  const auto answer = (*worker)->hear(Clock::now() + std::chrono::seconds(20));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, 42u);
}

TEST(Worker, ItEndsWithItsObject) {
  auto worker = Worker::start(echo);
  ASSERT_TRUE(worker);
  const pid_t pid = (*worker)->pid();
  EXPECT_TRUE(runs(pid));
  worker->reset();
  EXPECT_FALSE(runs(pid));
}

TEST(Worker, ItOutlivesTheThreadThatStartedIt) {
  std::unique_ptr<Worker> worker;
  std::thread([&] { worker = std::move(*Worker::start(echo)); }).join();
  ASSERT_TRUE(worker->say(1));
  EXPECT_TRUE(worker->hear(Clock::now() + std::chrono::seconds(20)));
}

TEST(Worker, OneThatIsSilentIsNotWaitedForBeyondTheDeadline) {
  const auto worker = Worker::start(echo);
  ASSERT_TRUE(worker);
  const auto answer = (*worker)->hear(Clock::now() + std::chrono::milliseconds(10));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::overloaded);
}

TEST(Worker, OneThatSomebodyKilledIsNoticed) {
  const auto worker = Worker::start(echo);
  ASSERT_TRUE(worker);
  ASSERT_EQ(::kill((*worker)->pid(), SIGKILL), 0);
  const auto answer = (*worker)->hear(Clock::now() + std::chrono::seconds(20));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE((*worker)->say(1));
}

}  // namespace
}  // namespace tideline::testbed
