#include "runtime/testbed/process.h"

#include "tests/runtime/testbed/real_machine.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace tideline::testbed {
namespace {

TimePoint soon() {
  return Clock::now() + std::chrono::seconds(20);
}

TEST(Program, ItsBothOutputsAndItsStatusComeBack) {
  const auto end = run_program({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, soon());
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->code, 3);
  EXPECT_EQ(end->output, "out\nerr\n");
}

TEST(Program, OneThatIsKilledSaysBySignal) {
  const auto end = run_program({"/bin/sh", "-c", "kill -9 $$"}, soon());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, 128 + SIGKILL);
}

TEST(Program, OneThatDoesNotEndIsKilledAtTheDeadline) {
  const auto end = run_program({"/bin/sleep", "600"}, Clock::now() + std::chrono::milliseconds(50));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::unavailable);
}

TEST(Program, OneThatIsNotThereIsAnError) {
  const auto end = run_program({"/no/such/program"}, soon());
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().message.find("/no/such/program"), std::string::npos);
}

TEST(Program, EndlessOutputIsDroppedNotKept) {
  const auto end = run_program({"/bin/sh", "-c", "head -c 1000000 /dev/zero"}, soon());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output.size(), 65536u);
}

TEST(ForkApart, TheChildHasOnlyTheDescriptorsThatItIsGiven) {
  auto line = make_line();
  auto stray = make_line();
  ASSERT_TRUE(line && stray);
  const int kept = line->theirs.get();
  const int other = stray->theirs.get();
  const auto pid = fork_apart("tideline-test", {kept}, [&] {
    const char told[2] = {::fcntl(other, F_GETFD) >= 0 ? 'o' : 'c', ::getsid(0) == ::getpid() ? 's' : '-'};
    (void)!::send(kept, told, 2, MSG_NOSIGNAL);
  });
  ASSERT_TRUE(pid) << pid.error().message;
  line->theirs.close();
  char told[2] = {};
  EXPECT_EQ(::recv(line->ours.get(), told, 2, MSG_WAITALL), 2);
  EXPECT_EQ(told[0], 'c') << "a descriptor of ours stayed open in the child";
  EXPECT_EQ(told[1], 's') << "the child is not in a session of its own";
  reap(*pid);
}

}  // namespace
}  // namespace tideline::testbed
