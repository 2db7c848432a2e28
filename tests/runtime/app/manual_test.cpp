// The manual and the completions have every mode, option and setting, and shells offer what the agent takes.
#include "runtime/app/manual/manual.h"

#include "runtime/app/config/options.h"
#include "runtime/app/config/settings.h"
#include "runtime/app/manual/roff.h"
#include "runtime/app/manual/value_form.h"
#include "tests/support/agent.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <sstream>

namespace tideline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_named(std::string_view name) {
  const auto text = manual::manual(name);
  EXPECT_TRUE(text) << name;
  return text ? *text : "";
}

TEST(Manual, HasThePagesAndTheShellsThatTheCommandLineOffers) {
  for (const config::ModeLine& line : config::mode_lines())
    for (const config::Option& option : config::options_of(line))
      if (option.flag == "--manual") {
        for (const std::string& name : manual::value_form(option.value).words) EXPECT_NE(text_named(name), "") << name;
      }
  const auto none = manual::manual("tcsh");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "'tcsh' is not in the manual; use one of agent.1, tideline.toml.5, bash, zsh, fish");
}

TEST(Manual, EveryOptionOfEveryModeIsOnThePageOfTheAgentWithItsHelp) {
  const std::string page = text_named("agent.1");
  int options = 0;
  for (const config::ModeLine& line : config::mode_lines()) {
    const std::size_t begin = page.find(".SS " + manual::plain(line.flag) + "\n");
    ASSERT_NE(begin, std::string::npos) << line.flag;
    const std::string section = page.substr(begin, page.find("\n.S", begin + 1) - begin);
    for (const config::Option& option : config::options_of(line)) {
      EXPECT_THAT(section, HasSubstr(manual::bold(option.flag))) << line.flag;
      EXPECT_THAT(section, HasSubstr("\n" + manual::plain(option.help))) << line.flag;
      ++options;
    }
  }
  EXPECT_GT(options, 100);
}

TEST(Manual, AnOptionHasItsLetterAndItsValue) {
  const std::string page = text_named("agent.1");
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR \\fIFILE\\fR\nread settings from this file\n"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-\\-peer\\fR \\fIHOST:PORT[,...]\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\n\\fB66\\fR\nno such file\n"));
}

TEST(Manual, EverySettingIsOnThePageOfTheConfigFile) {
  const std::string page = text_named("tideline.toml.5");
  for (const config::Setting& setting : config::settings()) {
    const std::string_view table = setting.key.substr(0, setting.key.find('.'));
    const std::size_t begin = page.find(fmt::format(".SS [{}]\n", table));
    ASSERT_NE(begin, std::string::npos) << setting.key;
    const std::string section = page.substr(begin, page.find("\n.S", begin + 1) - begin);
    EXPECT_THAT(section, HasSubstr("\n" + manual::plain(setting.help) + "\n"));
    if (!setting.by_name()) {
      EXPECT_THAT(section, HasSubstr(manual::bold(setting.environment())));
    }
    if (!setting.flag.empty()) {
      EXPECT_THAT(section, HasSubstr("flag " + manual::bold(setting.flag)));
    }
  }
  EXPECT_THAT(page, HasSubstr(".TP\n\\fBpatience\\fR = \\fITIME\\fR\nhow long to wait for the cloud"));
  EXPECT_THAT(page, HasSubstr(".SS [models]\n.TP\n\\fINAME\\fR = \\fIFILE\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\nflag \\fB\\-\\-patience\\fR, environment \\fBTIDELINE_EDGE_PATIENCE\\fR\n"));
}

TEST(Manual, RoffReadsNoCommandInTheTexts) {
  EXPECT_EQ(manual::plain(".so \\x\n'quoted' a-b"), "\\&.so \\ex\n\\&'quoted' a\\-b");
}

TEST(Manual, ThePagesAreRenderedWithoutAWarning) {
  if (!std::filesystem::exists("/usr/bin/man")) GTEST_SKIP() << "/usr/bin/man is not there (Debian: man-db)";
  const TemporaryFolder folder;
  for (const char* const name : {"agent.1", "tideline.toml.5"}) {
    const Ran ran = run({"/usr/bin/env", "MANWIDTH=100", "LC_ALL=C.UTF-8", "/usr/bin/man", "--warnings", "-l",
                         folder.with(name, text_named(name))});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.err, "") << name;
    EXPECT_THAT(ran.out, HasSubstr(name == std::string("agent.1") ? "--peer HOST:PORT[,...]" : "TIDELINE_EDGE_PEER"));
  }
}

TEST(ValueForm, SmallLettersAreWordsAndTheRestSaysWhatMayStandThere) {
  const manual::ValueForm grid = manual::value_form("quick|seed|FILE");
  EXPECT_THAT(grid.words, ElementsAre("quick", "seed"));
  EXPECT_TRUE(grid.files);
  EXPECT_FALSE(grid.folders);
  EXPECT_TRUE(manual::value_form("[NAME=]FILE").files);
  EXPECT_TRUE(manual::value_form("DIR").folders);
  EXPECT_THAT(manual::value_form("cpu|cuda|cuda:INDEX").words, ElementsAre("cpu", "cuda"));
  for (const char* const other : {"", "TIME", "HOST:PORT[,...]", "NUMBER:FLOAT in [0.01 - 10000]"}) {
    const manual::ValueForm form = manual::value_form(other);
    EXPECT_TRUE(form.words.empty() && !form.files && !form.folders) << other;
  }
}

// A word that the agent does not take would be offered by every shell.
TEST(ValueForm, EverySettingTakesItsWordsAndNoOther) {
  int words = 0;
  for (const config::Setting& setting : config::settings()) {
    const manual::ValueForm form = manual::value_form(setting.value);
    for (const std::string& word : form.words) {
      config::Config config;
      const auto set = setting.set(config, word);
      EXPECT_TRUE(set) << setting.key << ": " << set.error().message;
      ++words;
    }
    config::Config config;
    if (!form.words.empty() && !form.files) {
      EXPECT_FALSE(setting.set(config, "no-such-word")) << setting.key;
    }
  }
  EXPECT_GT(words, 25);
}

TEST(ValueForm, EveryPolicyAndCodecIsAWord) {
  for (const config::Setting& setting : config::settings()) {
    const manual::ValueForm form = manual::value_form(setting.value);
    std::vector<std::string> known;
    if (setting.key == "edge.policy")
      for (const decide::PolicyKind kind : decide::all_policies()) known.emplace_back(decide::name(kind));
    if (setting.key == "edge.codec")
      for (const plan::Codec codec : plan::all_codecs()) known.emplace_back(plan::name(codec));
    if (!known.empty()) {
      EXPECT_EQ(form.words, known) << setting.key;
    }
  }
}

// What bash offers for the last of these words, as it divides a line into them.
std::vector<std::string> offered_by_bash(const std::vector<std::string>& words) {
  const TemporaryFolder folder;
  const std::string script = folder.with("agent", text_named("bash"));
  folder.with("net.pt", "");
  const Ran ran =
      run({"/bin/bash", "-c",
           fmt::format("compopt() {{ :; }}; cd {0} && source {1} && COMP_WORDS=({2}) && COMP_CWORD={3} && _agent "
                       "&& printf '%s\\n' \"${{COMPREPLY[@]}}\"",
                       (folder / "").string(), script, fmt::join(words, " "), words.size() - 1)});
  EXPECT_EQ(ran.err, "");
  std::istringstream lines(ran.out);
  std::vector<std::string> offered;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) offered.push_back(line);
  return offered;
}

TEST(BashCompletion, OffersModesThenTheFlagsOfTheMode) {
  EXPECT_THAT(offered_by_bash({"agent", "--se"}), ElementsAre("--serve"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--pol"}), ElementsAre("--policy"));
  EXPECT_THAT(offered_by_bash({"agent", "--cloud", "--pol"}), IsEmpty());
  EXPECT_THAT(offered_by_bash({"agent", "--inspect", "--verify", "--ti"}), ElementsAre("--time"));
}

TEST(BashCompletion, OffersEveryFlagOfEveryMode) {
  for (const config::ModeLine& line : config::mode_lines()) {
    std::vector<std::string> flags;
    for (const config::Option& option : config::options_of(line))
      if (option.flag != line.flag) flags.push_back(option.flag);
    // A mode whose flag has a value is followed by that first.
    EXPECT_THAT(offered_by_bash({"agent", std::string(line.flag), "x", "--"}),
                testing::UnorderedElementsAreArray(flags));
  }
}

TEST(BashCompletion, OffersWordsAndFilesForValues) {
  EXPECT_THAT(offered_by_bash({"agent", "--zoo", "res"}), ElementsAre("resnet50", "resnet50v2"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--policy", "ad"}), ElementsAre("adaptive"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--policy", "=", "st"}), ElementsAre("static"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--policy", "="}), testing::Contains("table"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "-c", "ne"}), ElementsAre("net.pt"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--model", "ne"}), ElementsAre("net.pt"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--model", "a", "=", "ne"}), ElementsAre("net.pt"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--model", "=", "a", "=", "ne"}), ElementsAre("net.pt"));
  EXPECT_THAT(offered_by_bash({"agent", "--profile", "--grid", "s"}), ElementsAre("seed"));
  EXPECT_THAT(offered_by_bash({"agent", "--serve", "--patience", "n"}), IsEmpty());
}

// These shells are rarely where tests run; tests/package.sh asks them.
class Shell : public testing::TestWithParam<const char*> {};

TEST_P(Shell, ReadsItsScriptAndFindsEveryOption) {
  const std::string text = text_named(GetParam());
  for (const config::ModeLine& line : config::mode_lines()) {
    EXPECT_THAT(text, HasSubstr(line.flag));
    for (const config::Option& option : config::options_of(line)) {
      const bool fish = GetParam() == std::string("fish");
      EXPECT_THAT(text, HasSubstr(fish ? fmt::format("'__agent_mode {}'", line.flag) : option.flag)) << line.flag;
      if (fish) {
        EXPECT_THAT(text, HasSubstr(fmt::format(" -l {} ", option.flag.substr(2)))) << line.flag;
      }
    }
  }
  const std::string program = fmt::format("/usr/bin/{}", GetParam());
  if (!std::filesystem::exists(program)) GTEST_SKIP() << program << " is not there (Debian: " << GetParam() << ")";
  const TemporaryFolder folder;
  const Ran ran = run({program, "-n", folder.with("script", text)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
}

INSTANTIATE_TEST_SUITE_P(Completions, Shell, testing::Values("zsh", "fish"),
                         [](const auto& shell) { return std::string(shell.param); });

}  // namespace
}  // namespace tideline
