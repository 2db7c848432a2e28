// Config files that are none, and those that would break a parser.
#include "runtime/app/config/settings.h"
#include "runtime/app/modes/campaign.h"
#include "tests/support/agent.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace tideline {
namespace {

using testing::HasSubstr;

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string refusal(const std::string& text) {
  const TemporaryFolder folder;
  config::Config config;
  const auto read = read_config_file(folder.with("edge.toml", text), config);
  return read ? "taken" : read.error().message;
}

TEST(ConfigFile, ThatIsNestedWithoutEndIsRefusedBeforeItIsParsed) {
  const std::string dots = "a" + repeated(".a", 100'000);
  const std::string open = "x = " + repeated("[", 100'000), tables = "x = " + repeated("{a=", 100'000);
  EXPECT_THAT(refusal("[" + dots + "]\n"), HasSubstr("edge.toml:1: "));
  EXPECT_THAT(refusal("[[" + dots + "]]\n"), HasSubstr("edge.toml:1: "));
  EXPECT_THAT(refusal("[a" + repeated(".a", 1000) + "]\n"), HasSubstr("the line has more than 32 dots"));
  EXPECT_THAT(refusal("\n" + repeated("a.", 1000) + "a = 1\n"), HasSubstr("edge.toml:2: the line has more than 32 dots"));
  EXPECT_THAT(refusal(open), HasSubstr("edge.toml:1: "));
  EXPECT_THAT(refusal(tables), HasSubstr("edge.toml:1: "));
  EXPECT_THAT(refusal("x = " + repeated("[", 1000)), HasSubstr("brackets are nested more than 16 deep"));
  EXPECT_THAT(refusal("x = " + repeated("{a=", 1000)), HasSubstr("brackets are nested more than 16 deep"));
  EXPECT_THAT(refusal("x = " + repeated("[\n{a.a.a.a = ", 100'000)), HasSubstr("longer than 1 MiB"));
  EXPECT_THAT(refusal("'''" + repeated(".", 100)), HasSubstr("over several lines"));
  EXPECT_THAT(refusal("x = \"\"\"\n\"\"\"" + repeated("[", 100)), HasSubstr("over several lines"));
}

TEST(ConfigFile, OfLongLinesOrOfNoTextIsRefused) {
  EXPECT_THAT(refusal("x = \"" + repeated("y", 70'000) + "\""),
              HasSubstr("edge.toml:1: the line is longer than 64 KiB"));
  EXPECT_THAT(refusal(repeated("#\n", 600'000)), HasSubstr("is longer than 1 MiB"));
  using std::string_literals::operator""s;
  EXPECT_THAT(refusal("[edge]\npeer = \"a\0b\"\n"s), HasSubstr("edge.toml:2: the line has a control character"));
  EXPECT_THAT(refusal("#\r[a]\n"), HasSubstr("edge.toml:1: the line has a control character"));
  EXPECT_THAT(refusal("\x1b[31m = 1\n"), HasSubstr("edge.toml:1: the line has a control character"));
  EXPECT_THAT(refusal("peer = \"\xff\xfe\"\n"), HasSubstr("edge.toml:1: "));
}

TEST(ConfigFile, WithDotsAndBracketsInQuotesAndCommentsIsTaken) {
  const std::string peers = "127.0.0.1:1";
  EXPECT_EQ(refusal("# " + repeated("[.", 100) + "\r\n[edge]\r\npeer = \"" + peers +
                    "\" # [[[[\n[models]\n\"a.b\" = '" + repeated("../", 100) + "a\\'\n\"c\\\"[[\" = \"[.[.[\"\n"),
            "taken");
}

// Whatever is named, the agent ends with one sentence, and does not wait.
TEST(ConfigFile, ThatIsNoRegularFileEndsTheAgentWithOneSentence) {
  const TemporaryFolder folder;
  const std::string pipe = (folder / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {pipe, (folder / "").string(), std::string("/dev/zero")})
    for (const std::vector<std::string>& mode : {std::vector<std::string>{"--serve", "--config", file},
                                                 {"--show", file},
                                                 {"--replay", "--bandwidth", file, "--table", file},
                                                 {"--analyse", "--samples", file}}) {
      std::vector<std::string> arguments{TIDELINE_AGENT};
      arguments.insert(arguments.end(), mode.begin(), mode.end());
      const auto agent = start_agent(arguments);
      EXPECT_THAT(agent->wait(), testing::AnyOf(testing::Optional(65), testing::Optional(78))) << mode[0] << file;
      EXPECT_THAT(agent->err(), testing::StartsWith("agent: ")) << mode[0] << file;
      EXPECT_THAT(agent->err(), HasSubstr("regular file")) << mode[0] << file;
    }
}

TEST(GridFile, ThatIsNestedWithoutEndOrIsNoFileIsRefused) {
  const TemporaryFolder folder;
  const auto nested = modes::read_grid(folder.with("grid.toml", "[a" + repeated(".a", 100'000) + "]\n"));
  ASSERT_FALSE(nested);
  EXPECT_THAT(nested.error().message, HasSubstr("grid.toml:1: "));
  EXPECT_FALSE(modes::read_grid("/dev/zero"));
}

}  // namespace
}  // namespace tideline
