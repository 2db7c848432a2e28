// agent --show: what it says of one partition table and of two.
#include "policy/table/table_json.h"
#include "runtime/app/print/show_print.h"
#include "tests/policy/tables.h"
#include "tests/support/agent.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tideline {
namespace {

using fixtures::cell;
using fixtures::made;
using fixtures::ms;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

table::PartitionTable calm_and_loaded(Duration cloud_only_when_loaded) {
  auto cells = std::vector{fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)}),
                           cell({.edge_cpu = 1}, {}, {cloud_only_when_loaded, ms(20), ms(60)})};
  for (table::Cell& each : cells)
    for (table::Estimate& e : each.estimates) e.ci95 = ms(1);
  return fixtures::made(std::move(cells));
}

TEST(Show, OneTableHasItsOriginAndTheBestPlanOfEveryCell) {
  const std::string text = print::show_text(calm_and_loaded(fixtures::ms(25)));
  EXPECT_THAT(text,
              HasSubstr("alexnet (9f86d081884c): 3 plans of 3 cuts in 2 cells; exhaustive, 2025-01-02T03:04:05Z"));
  EXPECT_THAT(text, HasSubstr("edge in bf16: cores 4, cpu arm"));
  EXPECT_THAT(text, HasSubstr("\nunstressed "));
  EXPECT_THAT(text, HasSubstr("\nedge cpu 100 % "));
  EXPECT_EQ(std::ranges::count(text, '\n'), 8);
  EXPECT_THAT(text, HasSubstr("measured over random numbers: bytes and agreement of codecs say little about yours"));
}

TEST(Show, AMeanOfOneMeasurementHasNoInterval) {
  table::Cell once = calm_and_loaded(fixtures::ms(25)).unstressed();
  EXPECT_THAT(print::show_text(fixtures::made({once})), HasSubstr(" 1.00 "));
  for (table::Estimate& e : once.estimates) e.samples = 1, e.ci95 = {};
  const table::PartitionTable table = fixtures::made({once});
  EXPECT_THAT(print::show_text(table), HasSubstr(" ? "));
  const json shown = json::parse(print::show_json(table));
  EXPECT_TRUE(shown["cells"][0]["best"]["ci95_ms"].is_null()) << shown.dump();
}

TEST(Show, OneTableSaysWhichStepsAreServedWithoutALimit) {
  table::PartitionTable random = calm_and_loaded(fixtures::ms(25));
  table::Cell one = random.unstressed();
  one.estimates[1].plan.codec = plan::Codec::q4;
  one.estimates[1].agreement = {0.995, 0.25, 190};
  table::PartitionTable::Origin origin = random.origin();
  const auto shown = [&] { return print::show_text(*table::PartitionTable::make(origin, {one})); };
  EXPECT_THAT(shown(), HasSubstr("default: no steps, as they need 100 real inputs and were measured over 0\n"));
  origin.inputs = "190 images";
  EXPECT_THAT(shown(), HasSubstr("measured over 190 images\n"
                                 "default: top-1 at least 99 % over 190 inputs; cut 1 up to q4\n"));
  one.estimates[1].agreement->top1 = 0.98;
  EXPECT_THAT(shown(), HasSubstr("default: top-1 at least 99 % over 190 inputs\n"));
}

// Cut 1 in q4, which sends `bytes` in a stream.
table::PartitionTable streaming(std::uint64_t bytes) {
  const table::PartitionTable plain = calm_and_loaded(fixtures::ms(25));
  table::PartitionTable::Origin origin = plain.origin();
  origin.sequence = "40 frames";
  std::vector<table::Cell> cells(plain.cells().begin(), plain.cells().end());
  for (table::Cell& each : cells) {
    each.estimates[1].plan.codec = plan::Codec::q4;
    each.estimates[1].stream = Bytes{bytes};
  }
  return *table::PartitionTable::make(std::move(origin), std::move(cells));
}

TEST(Show, OneTableSaysWhatStepsSendInAStream) {
  EXPECT_THAT(print::show_text(streaming(25)),
              HasSubstr("\nbytes in a stream (alone), over 40 frames:\n  cut 1: q4 25 (100)\n"));
  EXPECT_THAT(print::show_text(calm_and_loaded(fixtures::ms(25))), Not(HasSubstr("stream")));
  const json told = json::parse(print::show_json(streaming(25)));
  EXPECT_EQ(told["sequence"], "40 frames");
  EXPECT_EQ(told["streams"], json::parse(R"([{"cut": 1, "codec": "q4", "wire_bytes": 100, "stream_bytes": 25}])"));
  EXPECT_EQ(told["cells"][1]["best"]["stream_bytes"], 25);
  EXPECT_FALSE(told["cells"][0]["best"].contains("stream_bytes")) << "the best is cut 0 in fp32";
  EXPECT_FALSE(json::parse(print::show_json(calm_and_loaded(fixtures::ms(25)))).contains("streams"));
}

// Cut 1 in q4, with that agreement.
table::PartitionTable counting(const plan::Agreement& agreement) {
  const table::PartitionTable plain = calm_and_loaded(fixtures::ms(25));
  std::vector<table::Cell> cells(plain.cells().begin(), plain.cells().end());
  for (table::Cell& each : cells) {
    each.estimates[1].plan.codec = plan::Codec::q4;
    each.estimates[1].agreement = agreement;
  }
  return *table::PartitionTable::make(plain.origin(), std::move(cells));
}

TEST(Show, OneTableSaysHowManyAnswersAreRight) {
  plan::Agreement agreement{0.995, 0.25, 190};
  agreement.accuracy = plan::Accuracy{.labelled = 188, .top1 = 131, .top5 = 170, .whole_top1 = 188, .whole_top5 = 188};
  const std::string text = print::show_text(counting(agreement));
  EXPECT_THAT(text,
              HasSubstr("right answers over 188 labelled images (95 % interval); the whole network in fp32: top-1 "
                        "100.0 % (98.0 to 100.0), top-5 100.0 % (98.0 to 100.0)\n"));
  EXPECT_THAT(text, HasSubstr("69.7 % (62.8 to 75.8)    90.4 % ("));
  EXPECT_THAT(print::show_text(calm_and_loaded(fixtures::ms(25))), Not(HasSubstr("right answers")));
  const json told = json::parse(print::show_json(counting(agreement)));
  ASSERT_EQ(told["accuracy"].size(), 1u) << "the other plans were not measured";
  const json& one = told["accuracy"][0];
  EXPECT_EQ(one["codec"], "q4");
  EXPECT_EQ(one["top1"]["count"], 131);
  EXPECT_EQ(one["top1"]["of"], 188);
  EXPECT_NEAR(one["top1"]["ci95"][0], 0.6277, 1e-4);
  EXPECT_EQ(one["whole_top1"]["share"], 1.0);
  EXPECT_FALSE(one.contains("boxes"));
}

TEST(Show, OneTableSaysWhichBoxesAreKept) {
  plan::Agreement agreement{0.995, 0.25, 190};
  agreement.boxes = plan::Counted{188, 190};
  const std::string text = print::show_text(counting(agreement));
  EXPECT_THAT(text, HasSubstr("boxes of fp32's answers that plans keep (95 % interval), of 190:\n"));
  EXPECT_THAT(text, HasSubstr("98.9 % (96.2 to 99.7)"));
  EXPECT_EQ(json::parse(print::show_json(counting(agreement)))["accuracy"][0]["boxes"]["count"], 188);
}

TEST(Show, TwoTablesAreComparedByWhatStepsSendInAStream) {
  const auto difference = table::difference_between(streaming(25), streaming(30));
  ASSERT_TRUE(difference);
  EXPECT_THAT(print::difference_text(*difference),
              HasSubstr("bytes in a stream differ:\n  25 -> 30 bytes of cut 1 (cut1) in q4\n"));
  EXPECT_EQ(json::parse(print::difference_json(*difference))["streams"],
            json::parse(R"([{"cut": 1, "codec": "q4", "first_bytes": 25, "second_bytes": 30}])"));
}

TEST(Show, WhatATableSaysStandsOnItsOwnLineAndIsNotObeyed) {
  auto cells = std::vector{fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)})};
  cells[0].remarks = {"full\nforged\x1b[2J"};
  for (table::Estimate& e : cells[0].estimates) e.cut_name = "a\x1b[2J";
  const std::string text = print::show_text(fixtures::made(std::move(cells)));
  EXPECT_THAT(text, HasSubstr("\n  full\\nforged\\x1b[2J\n"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Show, OneTableAsJsonHasTermsInMilliseconds) {
  const json told = json::parse(print::show_json(calm_and_loaded(fixtures::ms(25))));
  EXPECT_EQ(told["model"], "alexnet");
  EXPECT_EQ(told["edge"]["cores"], "4");
  ASSERT_EQ(told["cells"].size(), 2u);
  EXPECT_EQ(told["cells"][1]["asked"]["edge_cpu"], 1.0);
  EXPECT_EQ(told["cells"][1]["best"]["cut"], 1);
  EXPECT_EQ(told["cells"][1]["best"]["mean_ms"], 20.0);
  EXPECT_EQ(told["cells"][1]["best"]["terms"]["network_ms"], 20.0);
}

TEST(Show, TwoTablesAreComparedInWordsAndNumbers) {
  const auto difference = table::difference_between(calm_and_loaded(fixtures::ms(10)), calm_and_loaded(ms(25)));
  ASSERT_TRUE(difference);
  const std::string text = print::difference_text(*difference);
  EXPECT_THAT(text, HasSubstr("of the same origin\n"));
  EXPECT_THAT(text, HasSubstr("the same in 1 of 2 cells (50.0 %), and the same within the noise in 1 (50.0 %)"));
  EXPECT_THAT(text, HasSubstr("cut 0 (cut0) in fp32 -> cut 1 (cut1) in fp16"));
  EXPECT_THAT(text, HasSubstr("beyond the noise (± 2.00 ms)"));
  EXPECT_THAT(text, HasSubstr("network     10.00 ->     25.00 ms (+15.00) of cut 0"));
  const json told = json::parse(print::difference_json(*difference));
  EXPECT_EQ(told["common"], 2);
  EXPECT_EQ(told["agreement"], 0.5);
  EXPECT_EQ(told["agreement_within_noise"], 0.5);
  EXPECT_EQ(told["worst_regret_percent"], 25.0);
  EXPECT_EQ(told["changes"][0]["second"]["cut"], 1);
  EXPECT_EQ(told["changes"][0]["beyond_noise"], true);
  EXPECT_EQ(told["terms"][0]["term"], "network");
}

TEST(Show, CellsOfOneTableAloneAreListed) {
  const auto first = fixtures::made(
      {fixtures::cell({}, {}, {fixtures::ms(1), ms(2), ms(3)}), cell({.edge_cpu = 1}, {}, {ms(1), ms(2), ms(3)})});
  const auto second = made({cell({.uplink = 10_Mbps}, {}, {ms(1), ms(2), ms(3)})});
  const std::string text = print::difference_text(*table::difference_between(first, second));
  EXPECT_THAT(text, HasSubstr("cells of the first table alone (2):\n  unstressed\n  edge cpu 100 %\n"));
  EXPECT_THAT(text, HasSubstr("cells of the second table alone (1):\n  uplink 10 Mbit/s\n"));
  EXPECT_THAT(text, HasSubstr("no cell is in both tables"));
}

TEST(Show, TheAgentPrintsOneOrTwoTables) {
  const TemporaryFolder folder;
  const std::string first = folder.with("a.json", to_json(calm_and_loaded(fixtures::ms(10))));
  const std::string second = folder.with("b.json", to_json(calm_and_loaded(ms(25))));
  const Ran one = run_agent({TIDELINE_AGENT, "--show", first});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("best plan per condition"));
  const Ran two = run_agent({TIDELINE_AGENT, "--show", first, second, "--json"});
  EXPECT_EQ(two.code, 0) << two.err;
  EXPECT_EQ(json::parse(two.out)["agreement"], 0.5);
  const Ran same = run_agent({TIDELINE_AGENT, "--show", first, first});
  EXPECT_THAT(same.out, HasSubstr("the best plan is the same in 2 of 2 cells"));
  EXPECT_THAT(same.out, Not(HasSubstr("another plan")));
}

}  // namespace
}  // namespace tideline
