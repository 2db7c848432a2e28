#include "runtime/testbed/guard.h"

#include "tests/runtime/testbed/real_machine.h"

namespace tideline::testbed {
namespace {

namespace fs = std::filesystem;

class GuardTest : public ::testing::Test {
 protected:
  GuardTest() : folder_(fs::path(::testing::TempDir()) / ("tideline-guard-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "group");
  }
  ~GuardTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Guard::Undo undo() const { return {{}, {folder_ / "absent", folder_ / "group"}, {"/bin/mkdir", folder_ / "undone"}}; }

  const fs::path folder_;
};

TEST_F(GuardTest, ToldToGoItUndoesNothing) {
  {
    const auto guard = Guard::post(undo());
    ASSERT_TRUE(guard) << guard.error().message;
  }
  EXPECT_TRUE(fs::exists(folder_ / "group"));
  EXPECT_FALSE(fs::exists(folder_ / "undone"));
}

TEST_F(GuardTest, WithoutAWordItUndoesEverything) {
  const pid_t doomed = ::fork();
  if (doomed == 0) {
    const auto guard = Guard::post(undo());
    ::_exit(guard ? 0 : 1);  // No destructor runs: as if it had been killed.
  }
  reap(doomed);
  EXPECT_TRUE(eventually([&] { return fs::exists(folder_ / "undone"); }));
  EXPECT_FALSE(fs::exists(folder_ / "group"));
}

}  // namespace
}  // namespace tideline::testbed
