// agent --profile between real processes: the table it writes, how it is stopped, and how it goes on.
#include "policy/table/table_json.h"
#include "profiler/journal/journal.h"
#include "runtime/app/config/files.h"
#include "runtime/base/file.h"
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace tideline {
namespace {

class Profile : public testing::Test {
 protected:
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{TIDELINE_AGENT, "--profile",
                                 "--model",      "lenet=" + lenet_file(),
                                 "--peer",       "127.0.0.1:" + std::to_string(cloud_.port),
                                 "--threads",    "1",
                                 "--grid",       grid_,
                                 "--samples",    samples_,
                                 "--table",      table_,
                                 "--cuts",       "0,2,4"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  table::PartitionTable table() const {
    auto parsed = table::parse_table(*read_regular(table_, 256_MiB));
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *std::move(parsed);
  }

  const TemporaryFolder folder_;
  const std::string grid_ = folder_.with("grid.toml", "uplink = [\"20 Mbit/s\", \"2 Mbit/s\"]\n");
  const std::string samples_ = (folder_ / "samples.jsonl").string();
  const std::string table_ = (folder_ / "table.json").string();
  const RunningAgent cloud_ = start_cloud();
};

TEST_F(Profile, MeasuresEveryPlanUnderEveryConditionAndWritesATableThatServes) {
  const Ran ran = run(arguments({"--repetitions", "3"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("best plan per condition"), std::string::npos);
  const table::PartitionTable measured = table();
  ASSERT_EQ(measured.cells().size(), 2u);
  for (const table::Cell& cell : measured.cells()) {
    EXPECT_EQ(cell.estimates.size(), 4u);  // Cuts 0, 2, 4 and edge-only.
    for (const table::Estimate& e : cell.estimates) EXPECT_EQ(e.samples, 3u);
    ASSERT_TRUE(cell.seen.uplink);
  }
  EXPECT_GT(measured.cells()[0].seen.uplink->value, 2 * measured.cells()[1].seen.uplink->value)
      << "the imposed rates were not seen";
  const RunningAgent edge =
      start_edge({"--table", "lenet=" + table_, "--peer", "127.0.0.1:" + std::to_string(cloud_.port)});
  edge.child->signal(SIGTERM);
  EXPECT_EQ(edge.child->wait(), 0) << edge.child->err();
}

TEST_F(Profile, MeasuresWhatEveryCodecSendsAndLosesWhereAccuracyIsAsked) {
  const Ran ran = run(arguments({"--repetitions", "4", "--compared", "4", "--min-top1", "50 %"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  const table::PartitionTable measured = table();
  const table::Cell& cell = measured.unstressed();
  ASSERT_EQ(cell.estimates.size(), 3 * plan::tensor_codecs().size() + 1);
  const auto of = [&](plan::Codec codec) { return *cell.find({measured.origin().model, 2, codec}); };
  EXPECT_EQ(of(plan::Codec::fp16).wire.count * 2, of(plan::Codec::fp32).wire.count);
  EXPECT_LT(of(plan::Codec::q16).wire.count * 3, of(plan::Codec::fp32).wire.count);
  EXPECT_LE(of(plan::Codec::q4).wire, of(plan::Codec::q16).wire);
  for (const plan::Codec codec : plan::tensor_codecs()) {
    ASSERT_TRUE(of(codec).agreement);
    EXPECT_EQ(of(codec).agreement->max_error > 0, codec != plan::Codec::fp32) << name(codec);
  }
  EXPECT_LT(of(plan::Codec::q16).agreement->max_error, of(plan::Codec::q4).agreement->max_error);
}

TEST_F(Profile, AStopLeavesAJournalThatIsGoneOnWith) {
  Child first(arguments({"--repetitions", "40"}));
  ASSERT_TRUE(first.says("visit 2/2")) << first.err();
  first.signal(SIGINT);
  EXPECT_EQ(first.wait(), 130);
  EXPECT_NE(first.err().find("--resume"), std::string::npos) << first.err();
  const auto kept = journal::Journal::read(samples_);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_GE(kept->samples().size(), 160u);
  EXPECT_LT(kept->samples().size(), 320u);

  const Ran again = run(arguments({"--repetitions", "40"}));
  EXPECT_EQ(again.code, 73) << "a journal is never overwritten";
  const Ran resumed = run(arguments({"--repetitions", "40", "--resume"}));
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(journal::Journal::read(samples_)->samples().size(), 320u);
  EXPECT_EQ(table().cells().size(), 2u);
}

TEST_F(Profile, ShowsItsProgressOverHttpWhileItRuns) {
  Child campaign(arguments({"--repetitions", "2000", "--http", "127.0.0.1:0"}));
  const std::string words = "the campaign is shown at http://127.0.0.1:";
  ASSERT_TRUE(campaign.says(words)) << campaign.err();
  ASSERT_TRUE(campaign.says("visit 1/2")) << campaign.err();
  const std::string log = campaign.err();
  const auto port = static_cast<std::uint16_t>(std::stoi(log.substr(log.find(words) + words.size())));
  std::uint64_t before = 0;
  EXPECT_TRUE(eventually([&] { return (before = status(port)["campaign"]["done"]) > 0; }));
  EXPECT_TRUE(eventually([&] { return status(port)["campaign"]["done"] > before; }));
  const json shown = status(port);
  EXPECT_EQ(shown["campaign"]["model"], "lenet");
  EXPECT_EQ(shown["campaign"]["visits"], 2);
  EXPECT_TRUE(shown["link"]["up"]);
  EXPECT_EQ(httplib::Client("127.0.0.1", port).Get("/v2/health/ready")->status, 503);
  campaign.signal(SIGINT);
  EXPECT_EQ(campaign.wait(), 130);
}

TEST_F(Profile, AnAddressInUseForItsProgressIsSaidBeforeItMeasures) {
  const Ran ran = run(arguments({"--http", "127.0.0.1:" + std::to_string(cloud_.port)}));
  EXPECT_EQ(ran.code, 69) << ran.err;
  EXPECT_NE(ran.err.find("address already in use"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(samples_));
}

TEST_F(Profile, AJournalOfAnotherCampaignIsNotGoneOnWith) {
  ASSERT_EQ(run(arguments({"--repetitions", "1"})).code, 0);
  const Ran other = run(arguments({"--repetitions", "2", "--resume"}));
  EXPECT_EQ(other.code, 73);
  EXPECT_NE(other.err.find("repetitions"), std::string::npos) << other.err;
}

TEST_F(Profile, AnImpossibleConditionIsSaidAndNothingIsFaked) {
  std::vector<std::string> all = arguments({"--interface", "no-such-interface"});
  const Ran ran = run(all);
  EXPECT_EQ(ran.code, 69) << ran.err;
  EXPECT_NE(ran.err.find("no-such-interface"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(table_));
}

// The journal of a cloud whose tails took ten times as long.
TEST_F(Profile, RefreshMeasuresAgainWhatHasChangedAndKeepsTheRest) {
  ASSERT_EQ(run(arguments({"--repetitions", "5", "--method", "separable"})).code, 0);
  const table::PartitionTable first = table();
  journal::Measurements changed = journal::Journal::read(samples_)->measured();
  for (journal::Sample& sample : changed.samples)
    sample.terms.tail = 10 * sample.terms.tail + std::chrono::milliseconds(5);
  std::filesystem::remove(samples_);
  ASSERT_TRUE(journal::Journal::write(samples_, changed));
  const Ran ran = run(arguments({"--refresh"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.err.find("the cloud has changed"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("conditions again"), std::string::npos) << ran.err;
  const plan::Plan in_cloud{first.origin().model, 0, plan::Codec::fp32};
  EXPECT_LT(table().unstressed().find(in_cloud)->mean.tail, std::chrono::milliseconds(5));
  for (const char* const ending : {".probe", ".refreshed"}) EXPECT_FALSE(std::filesystem::exists(samples_ + ending));
  const auto journal = journal::Journal::read(samples_);
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_EQ(journal->agreements(), changed.agreements) << "answers are the same";
}

TEST_F(Profile, RefreshRefusesAJournalOfOtherMachinesAndChangesNothing) {
  ASSERT_EQ(run(arguments({"--repetitions", "1"})).code, 0);
  const std::string before = *read_regular(table_, 256_MiB);
  std::vector<std::string> all = arguments({"--refresh"});
  *(std::ranges::find(all, "--threads") + 1) = "2";
  const Ran other = run(all);
  EXPECT_EQ(other.code, 65) << other.err;
  EXPECT_NE(other.err.find("edge.threads"), std::string::npos) << other.err;
  EXPECT_NE(other.err.find("measure a whole campaign"), std::string::npos) << other.err;
  EXPECT_EQ(*read_regular(table_, 256_MiB), before);
}

}  // namespace
}  // namespace tideline
