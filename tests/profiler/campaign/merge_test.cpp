#include "profiler/campaign/merge.h"

#include "profiler/campaign/grid.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "tests/profiler/campaigns.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace tideline::campaign {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

class Merge : public ::testing::Test {
 protected:
  journal::Context context(journal::Method method) {
    journal::Context c = world_campaign(*cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0, 1}, {0, 1}}));
    c.method = method;
    return c;
  }
  journal::Measurements run(const journal::Context& context) {
    const Folder folder;
    auto journal = journal::Journal::create(folder.file("j"), context);
    EXPECT_TRUE(journal);
    EXPECT_TRUE(sweep(*journal, world_, world_, world_.stop, {.now = [this] { return world_.now; }}));
    return journal->measured();
  }
  std::vector<NamedMeasurements> shards(const journal::Context& whole, std::uint32_t n) {
    std::vector<NamedMeasurements> all;
    for (std::uint32_t shard = 0; shard < n; ++shard) {
      journal::Context part = whole;
      part.shards = n;
      part.shard = shard;
      all.push_back({"shard" + std::to_string(shard), run(part)});
    }
    return all;
  }
  static std::string refusal(const std::vector<NamedMeasurements>& of) {
    const auto merged = merge(of);
    if (merged) return "accepted";
    EXPECT_EQ(merged.error().kind, ErrorKind::invalid);
    return merged.error().message;
  }

  World world_;
};

TEST_F(Merge, FourShardsAreTheCampaignInOnePiece) {
  for (const journal::Method method : {journal::Method::exhaustive, journal::Method::separable}) {
    const journal::Measurements whole = run(context(method));
    const auto merged = merge(shards(context(method), 4));
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(merged->context.cells, whole.context.cells);
    EXPECT_EQ(merged->context.candidates, whole.context.candidates);
    EXPECT_EQ(merged->agreements, whole.agreements);
    EXPECT_EQ(merged->finished, whole.finished);
    const auto steps = [](const journal::Measurements& m) {
      std::vector<std::array<std::uint32_t, 3>> all;
      for (const journal::Sample& s : m.samples) all.push_back({s.cell, s.candidate, s.repetition});
      std::sort(all.begin(), all.end());
      return all;
    };
    EXPECT_EQ(steps(*merged), steps(whole));
    const auto a = fit::build_table(whole, ""), b = fit::build_table(*merged, "");
    ASSERT_TRUE(a && b);
    ASSERT_EQ(a->cells().size(), b->cells().size());
    for (std::size_t i = 0; i < a->cells().size(); ++i) {
      EXPECT_EQ(a->cells()[i].asked, b->cells()[i].asked);
      EXPECT_EQ(a->cells()[i].estimates.size(), b->cells()[i].estimates.size());
    }
  }
}

TEST_F(Merge, WhatWasMergedIsWrittenAndReadAgain) {
  const auto merged = merge(shards(context(journal::Method::separable), 3));
  ASSERT_TRUE(merged) << merged.error().message;
  const Folder folder;
  ASSERT_TRUE(journal::Journal::write(folder.file("m"), *merged));
  const auto read = journal::Journal::read(folder.file("m"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->samples(), merged->samples);
  EXPECT_EQ(read->measured().anchors, merged->anchors);
  EXPECT_EQ(read->measured().imposed, merged->imposed);
  EXPECT_EQ(read->measured().finished, merged->finished);
  EXPECT_FALSE(journal::Journal::write(folder.file("m"), *merged)) << "journals are never overwritten";
}

TEST_F(Merge, BytesInAStreamAreThoseOfTheShardsAndStandInTheTable) {
  journal::Context with = context(journal::Method::separable);
  with.sequence = "40 frames";
  const auto merged = merge(shards(with, 2));
  ASSERT_TRUE(merged) << merged.error().message;
  EXPECT_EQ(merged->context.sequence, "40 frames");
  const Folder folder;
  const auto written = journal::Journal::write(folder.file("m"), *merged);
  ASSERT_TRUE(written) << written.error().message;
  const auto table = fit::build_table(journal::Journal::read(folder.file("m"))->measured(), "");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->origin().sequence, "40 frames");
  for (const table::Cell& cell : table->cells()) {
    const table::Estimate* const steps = cell.find({"world", 1, plan::Codec::q16});
    ASSERT_TRUE(steps);
    EXPECT_EQ(steps->stream, Bytes{25'000}) << "half of 50 kB";
    EXPECT_EQ(cell.find({"world", 1, plan::Codec::fp32})->stream, std::nullopt);
  }
}

TEST_F(Merge, UnlikeMachinesAreToldByTheirFirstDifference) {
  auto two = shards(context(journal::Method::exhaustive), 2);
  two[1].measured.context.edge["cpu"] = "another";
  EXPECT_THAT(refusal(two), HasSubstr("shard0 and shard1 are not shards of one campaign: edge.cpu: one says nothing, "
                                      "the other \"another\""));
  two = shards(context(journal::Method::exhaustive), 2);
  two[1].measured.context.seed = 9;
  EXPECT_THAT(refusal(two), HasSubstr("seed: one says 3, the other 9"));
  two = shards(context(journal::Method::exhaustive), 2);
  two[1].measured.context.sequence = "40 frames";
  EXPECT_THAT(refusal(two), HasSubstr("sequence: one says nothing, the other \"40 frames\""));
}

TEST_F(Merge, WhatIsMissingDoubledUnfinishedOrNoShardIsNamed) {
  const auto two = shards(context(journal::Method::exhaustive), 2);
  EXPECT_THAT(refusal({}), HasSubstr("nothing to merge"));
  EXPECT_THAT(refusal({two[1]}), HasSubstr("shard 1/2 is missing"));
  EXPECT_THAT(refusal({two[0], two[0]}), HasSubstr("are the same shard (1/2)"));
  EXPECT_THAT(refusal({{"whole", run(context(journal::Method::exhaustive))}}), HasSubstr("whole: is a whole campaign"));
  auto unfinished = two;
  unfinished[1].measured.finished.assign(16, false);
  EXPECT_THAT(refusal(unfinished), HasSubstr("is not finished; continue it with --resume"));
}

}  // namespace
}  // namespace tideline::campaign
