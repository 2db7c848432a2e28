// agent --profile --budget between real processes, by the time that the program itself counts.
#include "policy/table/table_json.h"
#include "profiler/journal/journal.h"
#include "runtime/base/file.h"
#include "tests/support/agent.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace tideline {
namespace {

using ::testing::HasSubstr;

class ProfileBudget : public testing::Test {
 protected:
  Ran profile(std::vector<std::string> more) const {
    std::vector<std::string> all{TIDELINE_AGENT,  "--profile",
                                 "--model",       "lenet=" + lenet_file(),
                                 "--peer",        "127.0.0.1:" + std::to_string(cloud_.port),
                                 "--threads",     "1",
                                 "--grid",        grid_,
                                 "--samples",     samples_,
                                 "--table",       table_,
                                 "--cuts",        "0,2,4",
                                 "--method",      "separable",
                                 "--codecs",      "fp32,q8,q1",
                                 "--repetitions", "50"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  // The seconds that the program says it took.
  static double told(const std::string& text) {
    const std::size_t at = text.rfind(" in ", text.rfind(" s of "));
    return at == text.npos ? -1 : std::strtod(text.c_str() + at + 4, nullptr);
  }
  journal::Measurements journal() const { return journal::Journal::read(samples_)->measured(); }

  const TemporaryFolder folder_;
  const std::string grid_ = folder_.with("grid.toml",
                                         "uplink = [\"50 Mbit/s\", \"20 Mbit/s\", \"5 Mbit/s\", \"2 Mbit/s\"]\n"
                                         "edge_cpu = [\"0 %\", \"30 %\", \"60 %\", \"100 %\"]\n");
  const std::string samples_ = (folder_ / "samples.jsonl").string();
  const std::string table_ = (folder_ / "table.json").string();
  const RunningAgent cloud_ = start_cloud();
};

// The journal's times are by the program's own clock, from its start on. It begins no measurement that would end too
// late, however slow this machine is.
TEST_F(ProfileBudget, OfTwentySecondsIsOverInTwentyTwo) {
  const Ran ran = profile({"--budget", "20s"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("20 s are enough for "));
  EXPECT_GT(told(ran.err), 5) << ran.err;
  EXPECT_LT(told(ran.err), 30) << ran.err;
  for (const journal::Sample& sample : journal().samples) EXPECT_LE(seconds(sample.at), 22);
  EXPECT_THAT(ran.out, HasSubstr("how sure: "));
  EXPECT_THAT(ran.out, HasSubstr("worth more time: "));
  const auto parsed = table::parse_table(*read_regular(table_, 256_MiB));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto has = [&](std::uint32_t cut) {
    return parsed->unstressed().find({parsed->origin().model, cut, plan::Codec::fp32}) != nullptr;
  };
  EXPECT_TRUE(has(0) && has(2) && has(4));
  EXPECT_TRUE(parsed->unstressed().find(parsed->edge_only()));
}

TEST_F(ProfileBudget, ThatIsShortLeavesOutAndALongerOneGoesOn) {
  const Ran ran = profile({"--budget", "6s"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("--resume with a longer --budget goes on"));
  const journal::Measurements first = journal();
  const Ran more = profile({"--budget", "15s", "--resume"});
  ASSERT_EQ(more.code, 0) << more.err;
  const journal::Measurements second = journal();
  ASSERT_GT(second.samples.size(), first.samples.size());
  EXPECT_TRUE(std::equal(first.samples.begin(), first.samples.end(), second.samples.begin()));
}

TEST_F(ProfileBudget, ThatIsTooShortIsRefusedInOneSentenceAndLeavesNoJournal) {
  const Ran ran = profile({"--budget", "10ms"});
  EXPECT_EQ(ran.code, 64) << ran.err;
  EXPECT_THAT(
      ran.err,
      HasSubstr("is too short: the least is to compare and to measure 4 plans once without load, and takes about "));
  EXPECT_FALSE(std::filesystem::exists(samples_));
}

}  // namespace
}  // namespace tideline
