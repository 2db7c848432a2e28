#include "policy/table/table_json.h"

#include "tests/policy/tables.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

namespace tideline::table {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace tideline::fixtures;
using nlohmann::json;

std::string golden_text(const std::string& file = "table.json") {
  std::ifstream in(TIDELINE_SOURCE "/tests/policy/table/golden/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What tests/policy/table/golden/table.json says.
PartitionTable golden_table() {
  plan::Conditions calm;
  calm.uplink = BitsPerSecond{47.5e6};
  calm.rtt = std::chrono::microseconds(1500);
  calm.edge_slowdown = 1;
  calm.cloud_slowdown = 1;
  calm.edge_memory_free = 0.75;
  calm.edge_cpu_pressure = 0;
  plan::Conditions loaded = calm;
  loaded.uplink = BitsPerSecond{1.9e6};
  loaded.edge_slowdown = 2.25;
  loaded.edge_cpu_pressure = 0.5;
  const auto made_estimate = [](plan::Plan plan, std::string name, std::uint64_t wire, Terms mean) {
    return Estimate{std::move(plan),
                    std::move(name),
                    Bytes{wire},
                    mean,
                    mean.total() + ms(5),
                    ms(1),
                    5,
                    {},
                    {Duration(500'000), {}, Duration(250'000), {}, {}}};
  };
  const auto cloud_only = [&](std::int64_t network) {
    return made_estimate(plan_at(0), "input", 602112, {Duration{}, ms(1), ms(network), Duration(1), ms(30)});
  };
  const auto split = [&](std::int64_t head, std::int64_t network) {
    auto estimate = made_estimate(plan_at(1, plan::Codec::fp16), "features.2 max_pool2d", 93312,
                                  {ms(head), ms(1), ms(network), Duration(123456789), ms(20)});
    estimate.agreement = {0.9375, 0.0078125, 16};
    return estimate;
  };
  const auto alone = [&](std::int64_t head) {
    return made_estimate(plan_at(2), "output", 0, {ms(head), Duration{}, Duration{}, Duration{}, Duration{}});
  };
  auto from = origin();
  from.quality.noise_floor = 0.0125;
  from.quality.drift = {0.25, 0.5, false};
  from.quality.held_out = {{{2_Mbps, 0.5, 0, 0.5}, plan_at(1, plan::Codec::fp16), ms(200), ms(190)}};
  from.quality.corrections = {{"head", -0.25, 0.0625}};
  from.quality.left_out = {{{std::nullopt, 0, 1}, "edge: memory: no room"}};
  auto table = PartitionTable::make(std::move(from),
                                    {{{50_Mbps}, calm, {cloud_only(105), split(12, 17), alone(120)}},
                                     {{2_Mbps, 1, 0, 0, 0, ms(20)},
                                      loaded,
                                      {cloud_only(2600), split(27, 400), alone(270)},
                                      plan::Stress{BitsPerSecond{1.9e6}, 0.96875, 0, 0, 0, Duration(20'250'000)},
                                      {"uplink: asked for 2 Mbit/s, reached 1.9 Mbit/s"}}});
  if (!table) ADD_FAILURE() << table.error().message;
  return *std::move(table);
}

// What tests/policy/table/golden/table_with_a_stream.json says: the plan of cut 1 in q8, measured in a stream.
PartitionTable golden_table_with_a_stream() {
  const PartitionTable whole = golden_table();
  auto from = whole.origin();
  from.quality.held_out.clear();
  from.inputs = "190 images";
  from.sequence = "40 frames";
  std::vector<Cell> cells(whole.cells().begin(), whole.cells().end());
  for (Cell& each : cells) {
    each.estimates[1].plan.codec = plan::Codec::q8;
    each.estimates[1].agreement = {1, 0.0078125, 190};
    each.estimates[1].stream = Bytes{20480};
  }
  auto table = PartitionTable::make(std::move(from), std::move(cells));
  if (!table) ADD_FAILURE() << table.error().message;
  return *std::move(table);
}

// What tests/policy/table/golden/table_with_accuracy.json says, or table_with_boxes.json.
PartitionTable golden_table_that_counts(std::string inputs, const plan::Agreement& agreement) {
  const PartitionTable streaming = golden_table_with_a_stream();
  auto from = streaming.origin();
  from.inputs = std::move(inputs);
  from.sequence.clear();
  std::vector<Cell> cells(streaming.cells().begin(), streaming.cells().end());
  for (Cell& each : cells) {
    each.estimates[1].agreement = agreement;
    each.estimates[1].stream.reset();
  }
  auto table = PartitionTable::make(std::move(from), std::move(cells));
  if (!table) ADD_FAILURE() << table.error().message;
  return *std::move(table);
}

// Returns the refusal of the golden table after `change`.
std::string refusal(const std::function<void(json&)>& change, const std::string& file = "table.json") {
  json document = json::parse(golden_text(file));
  change(document);
  const auto table = parse_table(document.dump());
  if (table) return "accepted";
  EXPECT_EQ(table.error().kind, ErrorKind::invalid);
  EXPECT_EQ(table.error().message.find('\n'), std::string::npos);
  EXPECT_LT(table.error().message.size(), 400u);
  return table.error().message;
}

TEST(TableJson, TheGoldenFileIsReadAsItSays) {
  const auto table = parse_table(golden_text());
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(*table, golden_table());
}

TEST(TableJson, TheGoldenFileIsWrittenByteForByte) {
  EXPECT_EQ(to_json(golden_table()), golden_text());
}

// An edge that cannot hold the whole network has no edge-only plan to measure.
TEST(TableJson, TheGoldenFileOfASmallEdgeHasTheSamePlansButEdgeOnly) {
  const auto table = parse_table(golden_text("table_of_a_small_edge.json"));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(to_json(*table), golden_text("table_of_a_small_edge.json"));
  ASSERT_EQ(table->cells().size(), golden_table().cells().size());
  for (std::size_t i = 0; i < table->cells().size(); ++i) {
    Cell whole = golden_table().cells()[i];
    whole.estimates.pop_back();
    EXPECT_EQ(table->cells()[i], whole);
  }
}

TEST(TableJson, TheGoldenFileWithAStreamIsReadAsItSaysAndWrittenByteForByte) {
  const std::string text = golden_text("table_with_a_stream.json");
  const auto table = parse_table(text);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(*table, golden_table_with_a_stream());
  EXPECT_EQ(to_json(golden_table_with_a_stream()), text);
}

TEST(TableJson, TheGoldenFilesWithCountsAreReadAsTheySayAndWrittenByteForByte) {
  plan::Agreement right{1, 0.0078125, 190}, kept = right;
  right.accuracy = plan::Accuracy{.labelled = 188, .top1 = 131, .top5 = 170, .whole_top1 = 133, .whole_top5 = 171};
  kept.boxes = plan::Counted{506, 512};
  const std::pair<std::string, PartitionTable> goldens[] = {
      {"table_with_accuracy.json", golden_table_that_counts("190 images, 188 of them labelled", right)},
      {"table_with_boxes.json", golden_table_that_counts("190 images", kept)}};
  for (const auto& [file, wanted] : goldens) {
    const auto table = parse_table(golden_text(file));
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(*table, wanted) << file;
    EXPECT_EQ(to_json(wanted), golden_text(file));
  }
}

TEST(TableJson, CountsThatCannotBeAreNamedWithTheirPath) {
  const auto with = [](const char* of, const char* key, json value) {
    return refusal([&](json& t) { t["cells"][0]["estimates"][1]["agreement"][of][key] = value; },
                   fmt::format("table_with_{}.json", of));
  };
  const std::string path = "cells[0].estimates[1].agreement.";
  EXPECT_THAT(with("accuracy", "labelled", 191),
              StartsWith(path + "accuracy.labelled: 191 are more than inputs, which"));
  EXPECT_THAT(with("accuracy", "labelled", 0), StartsWith(path + "accuracy.labelled: 0 is too few"));
  EXPECT_THAT(with("accuracy", "top1", 171),
              StartsWith(path + "accuracy.top1: 171 are more than top5, which says 170"));
  EXPECT_THAT(with("accuracy", "top5", 189), StartsWith(path + "accuracy.top5: 189 are more than labelled"));
  EXPECT_THAT(with("accuracy", "whole_top1", 172),
              StartsWith(path + "accuracy.whole_top1: 172 are more than whole_top5"));
  EXPECT_THAT(with("accuracy", "whole_top5", 189),
              StartsWith(path + "accuracy.whole_top5: 189 are more than labelled"));
  EXPECT_THAT(with("accuracy", "top1", -1), StartsWith(path + "accuracy.top1: -1 is not a whole number"));
  EXPECT_THAT(with("accuracy", "wrong", 1), StartsWith(path + "accuracy.wrong"));
  EXPECT_THAT(with("boxes", "kept", 513), StartsWith(path + "boxes.kept: 513 are more than of, which says 512"));
  EXPECT_THAT(with("boxes", "of", 0), StartsWith(path + "boxes.of: 0 is too few"));
}

TEST(TableJson, BytesInAStreamThatCannotBeAreNamedWithTheirPath) {
  const auto refused = [](const std::function<void(json&)>& change) {
    return refusal(change, "table_with_a_stream.json");
  };
  const auto with = [&](const json& bytes) {
    return refused([&](json& t) { t["cells"][1]["estimates"][1]["stream_bytes"] = bytes; });
  };
  EXPECT_EQ(with(0), "accepted");
  EXPECT_THAT(with(-1), StartsWith("cells[1].estimates[1].stream_bytes: -1 is not a whole number"));
  EXPECT_THAT(with(std::uint64_t{1} << 41), StartsWith("cells[1].estimates[1].stream_bytes: 2199023255552 is not"));
  EXPECT_EQ(refused([](json& t) { t["cells"][0]["estimates"][0]["stream_bytes"] = 1; }),
            "cells[0].estimates[0].stream_bytes: fp32 sends no differences; leave it out");
  EXPECT_EQ(refused([](json& t) { t.erase("sequence"); }),
            "cells[0].estimates[1].stream_bytes: nothing says over which frames; add sequence, or leave it out");
}

TEST(TableJson, NumbersSurviveToTheLastBit) {
  plan::Conditions seen;
  seen.uplink = BitsPerSecond{1e6 / 3};
  seen.edge_slowdown = 1.0000000000000002;
  seen.edge_memory_free = 0.1 + 0.2;
  Cell c = cell({BitsPerSecond{2e7 / 7}, 1.0 / 3}, seen, {ms(1), ms(2), ms(3)});
  c.estimates[0].mean.head = Duration(1234567890123);
  const PartitionTable table = made({c});
  const auto back = parse_table(to_json(table));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, table);
}

TEST(TableJson, AnyTextSurvives) {
  auto from = origin();
  from.model_name = "quote \" backslash \\ newline \n \xc3\xa9";
  from.edge[""] = std::string(10'000, 'x');
  const auto table = PartitionTable::make(from, {cell({}, {}, {ms(1), ms(2), ms(3)})});
  ASSERT_TRUE(table);
  const auto back = parse_table(to_json(*table));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, *table);
}

TEST(TableJson, BytesThatAreNoTextAreReplacedAndNothingIsThrown) {
  auto from = origin();
  from.edge["cpu"] = "\xff\xfe";
  const auto table = PartitionTable::make(from, {cell({}, {}, {ms(1), ms(2), ms(3)})});
  ASSERT_TRUE(table);
  const auto back = parse_table(to_json(*table));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->origin().edge.at("cpu"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(TableJson, WhatIsNotJsonIsRefused) {
  for (const std::string text : {"", " ", "{", "nonsense", "{\"format\":}", "{\"a\":1e999}", "\xff\xfe", "[1,2"}) {
    const auto table = parse_table(text);
    ASSERT_FALSE(table) << text;
    EXPECT_THAT(table.error().message, StartsWith("not JSON: "));
    EXPECT_EQ(table.error().message.find("json.exception"), std::string::npos);
  }
  for (const std::string text : {"null", "3", "[]", "\"text\""})
    EXPECT_THAT(parse_table(text).error().message, HasSubstr("is not an object"));
}

TEST(TableJson, DeepNestingAndLongTextsAreRefusedBeforeTheyCost) {
  EXPECT_THAT(parse_table(std::string(1'000'000, '[')).error().message, StartsWith("nested deeper"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(parse_table(objects).error().message, StartsWith("nested deeper"));
  const std::string bad = "{\"format\": \"" + std::string(1'000'000, 'x') + "\"}";
  EXPECT_LT(parse_table(bad).error().message.size(), 300u);
}

TEST(TableJson, BracketsWithinTextsDoNotCountAsNesting) {
  EXPECT_EQ(refusal([](json& t) { t["model"]["name"] = "\"[[[[[[[[[[{{{{{{{{{{\\"; }), "accepted");
}

TEST(TableJson, AKeyThatStandsTwiceIsRefused) {
  std::string text = golden_text();
  text.insert(1, "\"version\": 1,");
  EXPECT_THAT(parse_table(text).error().message, HasSubstr("duplicate key \"version\""));
}

TEST(TableJson, AnotherFormatOrVersionIsRefused) {
  EXPECT_THAT(refusal([](json& t) { t["format"] = "tideline-samples"; }), StartsWith("format: \"tideline-samples\""));
  EXPECT_THAT(refusal([](json& t) { t["version"] = 1; }), StartsWith("version: 1 is not 3"));
  EXPECT_THAT(refusal([](json& t) { t["version"] = "1"; }), StartsWith("version: \"1\" is not a whole number"));
}

TEST(TableJson, EveryMissingFieldIsNamed) {
  const json whole = json::parse(golden_text());
  const auto check_all = [&](const json::json_pointer& at, const std::string& path) {
    for (const auto& [key, unused] : whole[at].items()) {
      if (key == "achieved") continue;
      EXPECT_EQ(refusal([&](json& t) { t[at].erase(key); }), path + key + ": is missing");
    }
  };
  check_all(json::json_pointer(""), "");
  check_all(json::json_pointer("/model"), "model.");
  check_all(json::json_pointer("/quality/drift"), "quality.drift.");
  check_all(json::json_pointer("/quality/held_out/0"), "quality.held_out[0].");
  check_all(json::json_pointer("/quality/corrections/0"), "quality.corrections[0].");
  check_all(json::json_pointer("/quality/left_out/0"), "quality.left_out[0].");
  check_all(json::json_pointer("/cells/1"), "cells[1].");
  check_all(json::json_pointer("/cells/1/estimates/2"), "cells[1].estimates[2].");
  check_all(json::json_pointer("/cells/1/estimates/2/mean"), "cells[1].estimates[2].mean.");
}

TEST(TableJson, EveryUnknownFieldIsNamed) {
  const std::pair<const char*, const char*> places[] = {{"", ""},
                                                        {"/model", "model."},
                                                        {"/cells/0", "cells[0]."},
                                                        {"/cells/0/asked", "cells[0].asked."},
                                                        {"/cells/0/seen", "cells[0].seen."},
                                                        {"/cells/0/estimates/1", "cells[0].estimates[1]."},
                                                        {"/cells/0/estimates/1/mean", "cells[0].estimates[1].mean."}};
  for (const auto& [at, path] : places)
    EXPECT_THAT(refusal([at = at](json& t) { t[json::json_pointer(at)]["surprise"] = 1; }),
                StartsWith(std::string(path) + "surprise: is not a field"));
}

TEST(TableJson, AWrongTypeIsNamedWithItsPath) {
  for (const json& wrong : {json(nullptr), json(true), json("x"), json::array(), json::object()}) {
    EXPECT_THAT(refusal([&](json& t) { t["cells"][1]["estimates"][2]["p95_ns"] = wrong; }),
                StartsWith("cells[1].estimates[2].p95_ns: "));
    EXPECT_THAT(refusal([&](json& t) { t["cells"][1]["seen"]["edge_slowdown"] = wrong; }),
                StartsWith("cells[1].seen.edge_slowdown: "));
    EXPECT_THAT(refusal([&](json& t) { t["cells"][1]["estimates"][2]["cut"] = wrong; }),
                StartsWith("cells[1].estimates[2].cut: "));
  }
  for (const json& wrong : {json(nullptr), json(true), json(3), json::array(), json::object()})
    EXPECT_THAT(refusal([&](json& t) { t["created"] = wrong; }), StartsWith("created: "));
  for (const json& wrong : {json(nullptr), json(3), json("x"), json::object()})
    EXPECT_THAT(refusal([&](json& t) { t["cells"] = wrong; }), StartsWith("cells: "));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0] = 3; }), StartsWith("cells[0]: 3 is not an object"));
  EXPECT_THAT(refusal([](json& t) { t["edge"]["cores"] = 4; }), StartsWith("edge.cores: 4 is not a text"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["seen"]["peer_up"] = 1; }), StartsWith("cells[0].seen.peer_up: "));
}

TEST(TableJson, AWrongValueIsNamedWithItsPath) {
  EXPECT_EQ(refusal([](json& t) { t["cells"][1]["estimates"][2]["mean"]["head_ns"] = -4; }),
            "cells[1].estimates[2].mean.head_ns: -4 is not a time; it must be nanoseconds from 0 to 86400000000000");
  EXPECT_THAT(refusal([](json& t) { t["cells"][1]["estimates"][2]["mean"]["head_ns"] = 0.5; }),
              StartsWith("cells[1].estimates[2].mean.head_ns: 0.5 is not a time"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][1]["estimates"][2]["mean"]["head_ns"] = 18446744073709551615u; }),
              StartsWith("cells[1].estimates[2].mean.head_ns: 18446744073709551615 is not a time"));
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'000'000'001}})
    EXPECT_THAT(refusal([bad](json& t) { t["cells"][0]["asked"]["delay_ns"] = bad; }),
                StartsWith(fmt::format("cells[0].asked.delay_ns: {} is not a delay", bad)));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["asked"]["edge_cpu"] = 1.5; }),
              StartsWith("cells[0].asked.edge_cpu: 1.5 is not a share"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["asked"]["uplink_bps"] = 0; }),
              StartsWith("cells[0].asked.uplink_bps: 0 is not positive"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"][0]["codec"] = "fp7"; }),
              StartsWith("cells[0].estimates[0].codec: \"fp7\" is not a codec"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"][0]["cut"] = 3; }),
              StartsWith("cells[0].estimates[0].cut: 3 is not a cut"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"][0]["samples"] = 0; }),
              StartsWith("cells[0].estimates[0].samples: 0 is not a whole number from 1"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"][0]["wire_bytes"] = -1; }),
              StartsWith("cells[0].estimates[0].wire_bytes: -1"));
  EXPECT_THAT(refusal([](json& t) { t["model"]["cuts"] = 4294967296u; }), StartsWith("model.cuts: 4294967296"));
  EXPECT_THAT(refusal([](json& t) { t["precision"]["edge"] = "fp8"; }),
              StartsWith("precision.edge: \"fp8\" is not a precision"));
  const auto with_agreement = [](const char* key, json value) {
    return refusal([&](json& t) { t["cells"][0]["estimates"][1]["agreement"][key] = value; });
  };
  EXPECT_THAT(with_agreement("top1", 1.5), StartsWith("cells[0].estimates[1].agreement.top1: 1.5 is not a share"));
  EXPECT_THAT(with_agreement("max_error", -1), StartsWith("cells[0].estimates[1].agreement.max_error: -1"));
  EXPECT_THAT(with_agreement("max_error", 2e6), StartsWith("cells[0].estimates[1].agreement.max_error: 2000000"));
  EXPECT_THAT(with_agreement("inputs", 0), StartsWith("cells[0].estimates[1].agreement.inputs: 0"));
  EXPECT_THAT(refusal([](json& t) { t["cells"] = json::array(); }), StartsWith("cells: no cells"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"] = json::array(); }),
              StartsWith("cells[0].estimates: no estimates"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][1]["estimates"].erase(2); }),
              StartsWith("cells[1].estimates: 2 plans where the first cell has 3"));
}

TEST(TableJson, TooManyCellsOrPlansAreRefused) {
  EXPECT_THAT(refusal([](json& t) { t["cells"] = json(json::array_t(100'001, json::object())); }),
              StartsWith("cells: is not an array of at most 100000"));
  EXPECT_THAT(refusal([](json& t) { t["cells"][0]["estimates"] = json(json::array_t(10'001, json::object())); }),
              StartsWith("cells[0].estimates: is not an array of at most 10000"));
}

}  // namespace
}  // namespace tideline::table
