// The units of configs/ as systemd itself judges them, with the agent that was built in the place of the installed one.
#include "tests/support/child.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline {
namespace {

using testing::HasSubstr;

constexpr auto* kAnalyze = "/usr/bin/systemd-analyze";

std::string unit_text(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Unit : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kAnalyze)) GTEST_SKIP() << kAnalyze << " is not there (Debian: systemd)";
    // Without a folder: systemd finds that of the package, and one in /usr/local.
    const std::string installed = "agent --";
    std::string text = unit_text(std::filesystem::path(TIDELINE_SOURCE) / "configs" / GetParam());
    const std::size_t at = text.find(installed, text.find("\nExecStart="));
    ASSERT_NE(at, std::string::npos) << GetParam() << " does not start " << installed;
    file_ = folder_.with(GetParam(), text.replace(at, 5, TIDELINE_AGENT));
  }
  const std::string& file() const { return file_; }

 private:
  const TemporaryFolder folder_;
  std::string file_;
};

TEST_P(Unit, HasNothingThatSystemdComplainsOf) {
  const Ran verified = run({kAnalyze, "verify", "--man=no", file()});
  EXPECT_EQ(verified.code, 0);
  EXPECT_EQ(verified.err + verified.out, "");
}

TEST(Socket, OfTheEdgeStartsItsService) {
  if (!std::filesystem::exists(kAnalyze)) GTEST_SKIP() << kAnalyze << " is not there (Debian: systemd)";
  const std::filesystem::path configs = std::filesystem::path(TIDELINE_SOURCE) / "configs";
  const TemporaryFolder folder;
  std::string service = unit_text(configs / "tideline-edge.service");
  folder.with("tideline-edge.service", service.replace(service.find("agent --serve"), 5, TIDELINE_AGENT));
  const std::string socket = folder.with("tideline-edge.socket", unit_text(configs / "tideline-edge.socket"));
  const Ran verified = run({kAnalyze, "verify", "--man=no", socket});
  EXPECT_EQ(verified.code, 0);
  EXPECT_EQ(verified.err + verified.out, "");
}

// The scale of systemd-analyze, in tenths: 96 is a unit that says nothing, 30 and less is well guarded.
TEST_P(Unit, IsWellGuarded) {
  const Ran judged = run({kAnalyze, "security", "--offline=true", "--no-pager", "--threshold=30", file()});
  EXPECT_EQ(judged.code, 0) << judged.out << judged.err;
  EXPECT_THAT(judged.out, HasSubstr("Overall exposure level"));
  std::cout << judged.out.substr(judged.out.find("Overall"));
}

INSTANTIATE_TEST_SUITE_P(Configs, Unit,
                         testing::Values("tideline-edge.service", "tideline-cloud.service", "tideline-profile.service"),
                         [](const auto& unit) { return unit.param.substr(9, unit.param.find('.') - 9); });

}  // namespace
}  // namespace tideline
