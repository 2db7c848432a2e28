#include "profiler/journal/journal.h"

#include "profiler/journal/lines_write.h"
#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <functional>
#include <limits>

namespace tideline::journal {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

std::string golden() {
  return TIDELINE_SOURCE "/tests/profiler/golden/samples.jsonl";
}

// Writes what tests/profiler/golden/samples.jsonl holds.
void write_golden(const std::filesystem::path& file) {
  auto journal = Journal::create(file, small_campaign());
  ASSERT_TRUE(journal) << journal.error().message;
  ASSERT_TRUE(journal->append_agreement(1, agreement()));
  ASSERT_TRUE(journal->append_imposed(
      0, {{BitsPerSecond{49.5e6}, 0, 0, 0, 0, Duration(20'250'000)}, {"governor is powersave"}}));
  ASSERT_TRUE(journal->append(sample(0, 0, 0)));
  ASSERT_TRUE(journal->append_failure(0, 2, 0, "the edge fell back"));
  Sample bare = sample(0, 2, 0);
  bare.seen = {};
  ASSERT_TRUE(journal->append(bare));
  ASSERT_TRUE(journal->append(anchor()));
  ASSERT_TRUE(journal->append_unreached(1, "edge: memory: no room"));
  ASSERT_TRUE(journal->append_finished(0));
}

// The small campaign with the candidate of cut 1 in steps, measured in a stream.
Context streaming_campaign() {
  Context c = small_campaign();
  c.candidates[1].plan.codec = plan::Codec::q8;
  c.sequence = "40 frames";
  return c;
}

std::string golden_with_a_stream() {
  return TIDELINE_SOURCE "/tests/profiler/golden/samples_with_a_stream.jsonl";
}

// Writes what tests/profiler/golden/samples_with_a_stream.jsonl holds.
void write_golden_with_a_stream(const std::filesystem::path& file) {
  auto journal = Journal::create(file, streaming_campaign());
  ASSERT_TRUE(journal) << journal.error().message;
  ASSERT_TRUE(journal->append_agreement(1, agreement()));
  ASSERT_TRUE(journal->append_stream(1, Bytes{20480}));
  ASSERT_TRUE(journal->append(sample(0, 0, 0)));
}

std::string golden_after_a_refresh() {
  return TIDELINE_SOURCE "/tests/profiler/golden/samples_after_a_refresh.jsonl";
}

// What tests/profiler/golden/samples_after_a_refresh.jsonl holds.
Measurements refreshed() {
  Measurements measured = begun(small_campaign());
  measured.kept = {.cells = {1}, .former = {sample(0, 0, 0), sample(0, 2, 1)}};
  measured.samples = {sample(1, 0, 0)};
  measured.finished[1] = true;
  return measured;
}

std::string refusal(const std::string& text, const Context& context = small_campaign()) {
  const Folder folder;
  put(folder.file("j"), text);
  const auto read = Journal::read(folder.file("j"));
  const auto resumed = Journal::resume(folder.file("j"), context);
  if (read || resumed) return "accepted";
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  EXPECT_EQ(read.error().message, resumed.error().message);
  EXPECT_EQ(text_in(folder.file("j")), text) << "a refused file is left as it was";
  EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  return read.error().message;
}

std::string difference_to(const Context& other) {
  const Folder folder;
  EXPECT_TRUE(Journal::create(folder.file("j"), small_campaign()));
  const auto resumed = Journal::resume(folder.file("j"), other);
  return resumed ? "accepted" : resumed.error().message;
}

TEST(Journal, IsWrittenAsTheGoldenFileByteForByte) {
  const Folder folder;
  write_golden(folder.file("j"));
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden()));
}

TEST(Journal, TheGoldenFileIsReadAsItSays) {
  const auto journal = Journal::read(golden());
  ASSERT_TRUE(journal) << journal.error().message;
  Sample bare = sample(0, 2, 0);
  bare.seen = {};
  EXPECT_EQ(journal->samples(), (std::vector<Sample>{sample(0, 0, 0), bare}));
  EXPECT_EQ(journal->agreements(),
            (std::vector<std::optional<plan::Agreement>>{std::nullopt, agreement(), std::nullopt}));
  EXPECT_EQ(journal->measured().anchors, std::vector<AnchorSample>{anchor()});
  EXPECT_EQ(journal->measured().imposed[0]->achieved.delay, Duration(20'250'000));
  EXPECT_EQ(journal->measured().unreached, (std::vector<std::optional<std::string>>{{}, "edge: memory: no room"}));
  EXPECT_EQ(journal->measured().finished, (std::vector<bool>{true, false}));
  EXPECT_EQ(difference(journal->context(), small_campaign()), std::nullopt);
  EXPECT_EQ(journal->context().created, "2025-01-02T03:04:05Z");
  EXPECT_TRUE(journal->has(0, 0, 0));
  EXPECT_FALSE(journal->has(0, 1, 0));
}

TEST(Journal, WithAStreamIsWrittenAsItsGoldenFileAndReadAsItSays) {
  const Folder folder;
  write_golden_with_a_stream(folder.file("j"));
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden_with_a_stream()));
  const auto journal = Journal::read(golden_with_a_stream());
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_EQ(journal->context().sequence, "40 frames");
  EXPECT_EQ(journal->streams(), (std::vector<std::optional<Bytes>>{std::nullopt, Bytes{20480}, std::nullopt}));
}

TEST(Journal, WithAccuraciesIsWrittenAsItsGoldenFileAndReadAsItSays) {
  Context labelled = small_campaign();
  labelled.inputs = "16 images, 12 of them labelled";
  plan::Agreement right{1, 0, 16}, kept = agreement();
  right.accuracy = plan::Accuracy{.labelled = 12, .top1 = 9, .top5 = 11, .whole_top1 = 9, .whole_top5 = 11};
  kept.boxes = plan::Counted{30, 32};
  const Folder folder;
  {
    auto journal = Journal::create(folder.file("j"), labelled);
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_TRUE(journal->append_agreement(0, right));
    ASSERT_TRUE(journal->append_agreement(1, kept));
  }
  const std::string golden_file = TIDELINE_SOURCE "/tests/profiler/golden/samples_with_accuracy.jsonl";
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden_file));
  const auto journal = Journal::read(golden_file);
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_EQ(journal->agreements(), (std::vector<std::optional<plan::Agreement>>{right, kept, std::nullopt}));
}

TEST(Journal, AnAccuracyOverMoreThanWasComparedIsRefused) {
  const Folder folder;
  auto journal = Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  plan::Agreement wrong = agreement();
  wrong.accuracy = plan::Accuracy{.labelled = 17};
  const auto appended = journal->append_agreement(0, wrong);
  ASSERT_FALSE(appended);
  EXPECT_THAT(appended.error().message, HasSubstr("accuracy.labelled: 17 are more than inputs, which says 16"));
}

TEST(Journal, AfterARefreshItIsWrittenAsItsGoldenFileAndReadAsItSays) {
  const Folder folder;
  ASSERT_TRUE(Journal::write(folder.file("j"), refreshed()));
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden_after_a_refresh()));
  const auto journal = Journal::read(golden_after_a_refresh());
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_EQ(journal->measured().kept, refreshed().kept);
  EXPECT_EQ(journal->samples(), refreshed().samples);
  EXPECT_FALSE(journal->has(0, 0, 0)) << "what is former is measured again";
}

TEST(Journal, WhatARefreshCannotHaveKeptIsRefusedWithItsLine) {
  const std::string whole = text_in(golden_after_a_refresh());
  EXPECT_THAT(refusal(whole + former_line(sample(1, 0, 0))), HasSubstr("line 7: cell: 1 is not the baseline"));
  EXPECT_THAT(refusal(whole + kept_line(2)), HasSubstr("line 7: cell: 2 is not one of the campaign"));
  Sample other = sample(0, 0, 0);
  other.terms.head += ms(1);
  EXPECT_THAT(refusal(whole + former_line(other)),
              HasSubstr("line 7: the former candidate 0, repetition 0 was measured already, with another result"));
}

TEST(Journal, AStreamThatDoesNotBelongIsRefusedWithItsLine) {
  const std::string whole = text_in(golden_with_a_stream());
  const std::string line = R"({"type":"stream","candidate":1,"stream_bytes":20480})"
                           "\n";
  const auto at = whole.find(line);
  ASSERT_NE(at, whole.npos);
  const auto with = [&](const std::string& text) {
    std::string changed = whole;
    return refusal(changed.replace(at, line.size(), text), streaming_campaign());
  };
  EXPECT_THAT(with(line + R"({"type":"stream","candidate":1,"stream_bytes":20481})"
                          "\n"),
              HasSubstr("line 4: the stream of candidate 1 was measured already, with another result"));
  EXPECT_THAT(with(R"({"type":"stream","candidate":0,"stream_bytes":1})"
                   "\n"),
              HasSubstr("line 3: stream_bytes: fp32 sends no differences"));
  EXPECT_THAT(with(R"({"type":"stream","candidate":3,"stream_bytes":1})"
                   "\n"),
              HasSubstr("line 3: candidate: 3 is not one of the campaign"));
  EXPECT_THAT(with(R"({"type":"stream","candidate":1,"stream_bytes":-1})"
                   "\n"),
              HasSubstr("line 3: stream_bytes: -1 is not a whole number"));
  EXPECT_THAT(with(R"({"type":"stream","candidate":1})"
                   "\n"),
              HasSubstr("line 3: stream_bytes: is missing"));
  std::string unsaid = whole;
  const std::string said = R"(,"sequence":"40 frames")";
  ASSERT_NE(unsaid.find(said), unsaid.npos);
  unsaid.erase(unsaid.find(said), said.size());
  Context without = streaming_campaign();
  without.sequence.clear();
  EXPECT_THAT(refusal(unsaid, without), HasSubstr("line 3: stream_bytes: nothing says over which frames"));
}

TEST(Journal, OneThatWasOnlyReadTakesNothing) {
  auto journal = Journal::read(golden());
  ASSERT_TRUE(journal);
  const auto appended = journal->append(sample(1, 0, 0));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().kind, ErrorKind::invalid);
}

TEST(Journal, IsNeverOverwritten) {
  const Folder folder;
  write_golden(folder.file("j"));
  const auto again = Journal::create(folder.file("j"), small_campaign());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::invalid);
  EXPECT_THAT(again.error().message, HasSubstr("exists already; resume it or name a new file"));
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden()));
}

TEST(Journal, BelongsToOneAtATime) {
  const Folder folder;
  const auto first = Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(first);
  const auto second = Journal::resume(folder.file("j"), small_campaign());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process is measuring into it"));
  EXPECT_TRUE(Journal::read(folder.file("j"))) << "looking on is free";
}

TEST(Journal, GoesOnWhereItWasLeft) {
  const Folder folder;
  write_golden(folder.file("j"));
  {
    auto journal = Journal::resume(folder.file("j"), small_campaign());
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ(journal->samples().size(), 2u);
    ASSERT_TRUE(journal->append(sample(1, 1, 1)));
  }
  EXPECT_EQ(text_in(folder.file("j")), text_in(golden()) + line_of(sample(1, 1, 1)));
}

TEST(Journal, KilledAtAnyByteItLosesNoSampleAndDoublesNone) {
  const std::string whole = text_in(golden());
  const auto all = Journal::read(golden());
  ASSERT_TRUE(all);
  const Folder folder;
  for (std::size_t killed = 0; killed <= whole.size(); ++killed) {
    SCOPED_TRACE(killed);
    const auto file = folder.file("j");
    put(file, whole.substr(0, killed));
    std::size_t complete = 0;  // Samples whose line was written to its end.
    for (const Sample& s : all->samples())
      if (const auto at = whole.find(line_of(s)); at + line_of(s).size() <= killed) ++complete;
    {
      auto journal = Journal::resume(file, small_campaign());
      ASSERT_TRUE(journal) << journal.error().message;
      ASSERT_EQ(journal->samples().size(), complete);
      for (const Sample& s : all->samples())
        if (!journal->has(s.cell, s.candidate, s.repetition)) {
          ASSERT_TRUE(journal->append(s));
        }
    }
    const auto after = Journal::read(file);
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ(after->samples(), all->samples());
  }
}

TEST(Journal, AnyOtherDamageIsNamedWithItsLine) {
  const std::string whole = text_in(golden());
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < whole.size();) {
    const auto end = whole.find('\n', at) + 1;
    lines.push_back(whole.substr(at, end - at));
    at = end;
  }
  ASSERT_EQ(lines.size(), 9u);
  const auto with = [&](std::size_t line, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < lines.size(); ++i) all += i == line ? text : lines[i];
    return all;
  };
  EXPECT_THAT(refusal(with(3, lines[3].substr(0, 40) + "\n")), HasSubstr("line 4: not JSON"));
  EXPECT_THAT(refusal(with(3, std::string(50, '\0') + "\n")), HasSubstr("line 4: not JSON"));
  EXPECT_THAT(refusal(with(3, "[]\n")), HasSubstr("line 4: top: an array is not an object"));
  EXPECT_THAT(refusal(with(3, "{\"type\":7}\n")), HasSubstr("line 4: type: "));
  EXPECT_THAT(refusal(with(3, "{}\n")), HasSubstr("line 4: type: is missing"));
  const auto other = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_THAT(refusal(with(3, other(lines[0], "\"seed\":7", "\"seed\":8"))),
              HasSubstr("line 4: a second context, of another campaign: "));
  EXPECT_THAT(refusal(with(5, other(lines[3], "\"head_ns\":1000000", "\"head_ns\":1000001"))),
              HasSubstr("line 6: cell 0, candidate 0, repetition 0 was measured already, with another result"));
  EXPECT_THAT(refusal(with(0, "")), HasSubstr("line 1: type: a journal begins with its context"));
  EXPECT_THAT(refusal(with(0, "{\"type\":\"context\"}\n")), HasSubstr("line 1: format: is missing"));

  const auto replaced = [&](std::size_t line, const std::string& from, const std::string& to) {
    std::string text = lines[line];
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return refusal(with(line, text.replace(at, from.size(), to)));
  };
  EXPECT_THAT(replaced(0, "\"version\":4", "\"version\":3"), HasSubstr("line 1: version: 3 is not 4"));
  EXPECT_THAT(replaced(0, "tideline-samples", "tideline-tables"), HasSubstr("line 1: format"));
  EXPECT_THAT(replaced(0, "\"repetitions\":2", "\"repetitions\":4000000000"), HasSubstr("line 1: repetitions"));
  EXPECT_THAT(replaced(0, "\"cut\":2", "\"cut\":9"), HasSubstr("line 1: candidates[2].cut: 9 is not a cut"));
  EXPECT_THAT(replaced(0, "\"compared\":16", "\"compared\":0"), HasSubstr("line 1: compared: 0"));
  EXPECT_THAT(replaced(0, "bf16", "bf15"), HasSubstr("line 1: precision.edge: \"bf15\" is not a precision"));
  EXPECT_THAT(replaced(1, "\"candidate\":1", "\"candidate\":3"), HasSubstr("line 2: candidate: 3"));
  EXPECT_THAT(replaced(1, "0.9375", "-1"), HasSubstr("line 2: top1: -1 is not a share"));
  EXPECT_THAT(replaced(1, "\"inputs\":16", "\"inputs\":15"), HasSubstr("line 2: inputs: 15 are not the 16"));
  EXPECT_THAT(refusal(with(2, other(lines[1], "0.9375", "0.875"))),
              HasSubstr("line 3: the agreement of candidate 1 was measured already, with another result"));
  EXPECT_THAT(replaced(3, "\"cell\":0", "\"cell\":2"), HasSubstr("line 4: cell: 2 is not one of the campaign"));
  EXPECT_THAT(replaced(3, "\"candidate\":0", "\"candidate\":3"), HasSubstr("line 4: candidate: 3"));
  EXPECT_THAT(replaced(3, "\"repetition\":0", "\"repetition\":2"), HasSubstr("line 4: repetition: 2"));
  EXPECT_THAT(replaced(3, "\"wire_bytes\":1000", "\"wire_bytes\":9000000000000"), HasSubstr("line 4: wire_bytes: 9"));
  EXPECT_THAT(replaced(3, "\"cell\":0", "\"cell\":-1"), HasSubstr("line 4: cell: -1 is not a whole number"));
  EXPECT_THAT(replaced(3, "\"head_ns\":1000000", "\"head_ns\":-1"),
              HasSubstr("line 4: terms.head_ns: -1 is not a time"));
  EXPECT_THAT(replaced(3, "\"head_ns\":1000000", "\"head_ns\":null"), HasSubstr("line 4: terms.head_ns: null"));
  EXPECT_THAT(replaced(3, "\"seen\":{", "\"seen\":{\"x\":1,"), HasSubstr("line 4: seen.x: is not a field"));
  EXPECT_THAT(replaced(4, "\"cell\":0", "\"cell\":7"), HasSubstr("line 5: cell: 7"));
  EXPECT_THAT(replaced(6, "\"shard\":0", "\"shard\":1"), HasSubstr("line 7: shard: 1 is not one of the campaign"));
  EXPECT_THAT(replaced(6, "\"candidate\":2", "\"candidate\":3"), HasSubstr("line 7: candidate: 3"));
  EXPECT_THAT(
      refusal(with(8, other(lines[6], "\"head_ns\":1000000", "\"head_ns\":1000001"))),
      HasSubstr("line 9: shard 0, visit 1, candidate 2, repetition 0 was measured already, with another result"));
  EXPECT_THAT(replaced(7, "\"cell\":1", "\"cell\":2"), HasSubstr("line 8: cell: 2"));
  EXPECT_THAT(replaced(8, "\"cell\":0", "\"cell\":2"), HasSubstr("line 9: cell: 2"));
  EXPECT_THAT(replaced(3, "\"at_ns\":1500000000", "\"at_ns\":-1"), HasSubstr("line 4: at_ns: -1 is not a time"));
  EXPECT_THAT(replaced(0, "exhaustive", "thorough"), HasSubstr("line 1: method: 'thorough' is not a method"));
  EXPECT_THAT(replaced(0, "\"shards\":1", "\"shards\":0"), HasSubstr("line 1: shards: 0 are not within 1"));
  EXPECT_THAT(replaced(0, "\"anchors\":[]", "\"anchors\":[3]"), HasSubstr("line 1: anchors: 3 is not one"));
  EXPECT_THAT(replaced(2, "\"remarks\":[", "\"remarks\":[1,"), HasSubstr("line 3: remarks: is not an array of texts"));
}

// Every kind of noise, each with its place.
TEST(Journal, NoiseIsLeftOutAndTold) {
  const std::string whole = text_in(golden());
  Sample zero = sample(1, 1, 1);
  zero.terms = {};
  AnchorSample zero_anchor = anchor();
  zero_anchor.terms = {};
  zero_anchor.visit = 2;
  const Folder folder;
  put(folder.file("j"), whole + "\n \t\r\n" + line_of(sample(0, 0, 0)) + line_of(anchor()) +
                            agreement_line(1, agreement()) + line_of(small_campaign()) +
                            "{\"type\":\"weather\",\"wind\":3}\n" + line_of(zero) + line_of(zero_anchor) +
                            line_of(sample(1, 0, 0)) + line_of(sample(1, 0, 1)).substr(0, 60));
  const auto read = Journal::read(folder.file("j"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->samples().size(), 3u);
  EXPECT_EQ(read->samples().back(), sample(1, 0, 0));
  EXPECT_EQ(read->measured().anchors, std::vector<AnchorSample>{anchor()});
  EXPECT_FALSE(read->has(1, 1, 1)) << "what took no time is measured again";
  EXPECT_THAT(read->odd().remarks(),
              testing::ElementsAre("2 lines are blank, and left out; the first is line 10",
                                   "4 lines are repeated, and left out; the first is line 12",
                                   "1 line is of a type that this version does not know, and left out: line 16",
                                   "2 lines are of a measurement of 0 ns, and left out; the first is line 17",
                                   "1 line is cut off at the end of the file, and left out: line 20"));
  auto resumed = Journal::resume(folder.file("j"), small_campaign());
  ASSERT_TRUE(resumed) << resumed.error().message;
  ASSERT_TRUE(resumed->append(sample(1, 1, 1)));
  EXPECT_EQ(Journal::read(folder.file("j"))->samples().size(), 4u);
}

TEST(Journal, AGoodFileHasNoNoise) {
  EXPECT_THAT(Journal::read(golden())->odd().remarks(), testing::IsEmpty());
}

TEST(Journal, RepeatedLinesOfALongFileAreReadInTime) {
  Context c = small_campaign();
  c.repetitions = 10'000;
  std::string text = line_of(c);
  for (int twice = 0; twice < 2; ++twice)
    for (std::uint32_t i = 0; i < c.repetitions; ++i) text += line_of(sample(0, 0, i));
  const Folder folder;
  put(folder.file("j"), text);
  const auto read = Journal::read(folder.file("j"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->samples().size(), 10'000u);
  EXPECT_EQ(read->odd().count(Oddity::repeated), 10'000u);
}

TEST(Journal, AFileThatIsNoJournalIsNotTouched) {
  EXPECT_THAT(refusal("a diary\n"), HasSubstr("line 1: not JSON"));
  const Folder folder;
  put(folder.file("j"), "a diary without an end");
  EXPECT_THAT(Journal::read(folder.file("j")).error().message, HasSubstr("not a journal of measurements"));
  const auto resumed = Journal::resume(folder.file("j"), small_campaign());
  ASSERT_FALSE(resumed);
  EXPECT_THAT(resumed.error().message, HasSubstr("not a journal of measurements; name another file"));
  EXPECT_EQ(text_in(folder.file("j")), "a diary without an end");
}

TEST(Journal, WhatIsNoFileIsRefused) {
  const Folder folder;
  for (const auto& file : {folder.file("absent"), folder.file("absent") / "j", folder.file(".")}) {
    EXPECT_FALSE(Journal::read(file));
    const auto resumed = Journal::resume(file, small_campaign());
    ASSERT_FALSE(resumed);
    EXPECT_EQ(resumed.error().kind, ErrorKind::invalid);
    EXPECT_THAT(resumed.error().message, HasSubstr(file.string()));
  }
  EXPECT_FALSE(Journal::create(folder.file("absent") / "j", small_campaign()));
  EXPECT_FALSE(Journal::read("/dev/zero"));
}

TEST(Journal, AnotherCampaignIsToldByItsFirstDifference) {
  Context other = small_campaign();
  other.created = "2031-01-01T00:00:00Z";
  EXPECT_EQ(difference_to(other), "accepted");
  other.repetitions = 3;
  EXPECT_THAT(difference_to(other), HasSubstr("repetitions: the file says 2, this campaign 3; resume with the same"));
  other = small_campaign();
  other.model_name = "lenet";
  EXPECT_THAT(difference_to(other), HasSubstr("model.name: the file says \"alexnet\", this campaign \"lenet\""));
  other = small_campaign();
  other.seed = 8;
  EXPECT_THAT(difference_to(other), HasSubstr("seed: the file says 7, this campaign 8"));
  other = small_campaign();
  other.sequence = "40 frames";
  EXPECT_THAT(difference_to(other), HasSubstr("sequence: the file says nothing, this campaign \"40 frames\""));
  other = small_campaign();
  other.cells.push_back({});
  EXPECT_THAT(difference_to(other), HasSubstr("cells: the file has 2 of them, this campaign 3"));
  other = small_campaign();
  other.cells[1].uplink.reset();
  EXPECT_THAT(difference_to(other), HasSubstr("cells[1].uplink_bps: the file says 2000000.0, this campaign nothing"));
  other = small_campaign();
  other.candidates[1].plan.codec = plan::Codec::fp32;
  EXPECT_THAT(difference_to(other), HasSubstr("candidates[1].codec: the file says \"fp16\", this campaign \"fp32\""));
  other = small_campaign();
  other.edge["blas"] = "openblas";
  EXPECT_THAT(difference_to(other), HasSubstr("edge.blas: the file says nothing, this campaign \"openblas\""));
  other = small_campaign();
  other.cloud["cores"] = "8";
  EXPECT_THAT(difference_to(other), HasSubstr("cloud.cores: the file says \"32\", this campaign \"8\""));
}

TEST(Journal, ACampaignThatCannotBeRunIsRefusedBeforeThereIsAFile) {
  const auto refused = [](const std::function<void(Context&)>& change) {
    const Folder folder;
    Context context = small_campaign();
    change(context);
    const auto journal = Journal::create(folder.file("j"), context);
    EXPECT_FALSE(std::filesystem::exists(folder.file("j")));
    return journal ? "accepted" : journal.error().message;
  };
  EXPECT_THAT(refused([](Context& c) { c.model.clear(); }), HasSubstr("model: is empty"));
  EXPECT_THAT(refused([](Context& c) { c.cuts = 1; }), HasSubstr("cuts: 1 is not within 2"));
  EXPECT_THAT(refused([](Context& c) { c.cells.clear(); }), HasSubstr("cells: 0 are not"));
  EXPECT_THAT(refused([](Context& c) { c.candidates.clear(); }), HasSubstr("candidates: 0 are not"));
  EXPECT_THAT(refused([](Context& c) { c.repetitions = 0; }), HasSubstr("repetitions: 0 of 3 candidates"));
  EXPECT_THAT(refused([](Context& c) { c.repetitions = 4'000'000'000; }), HasSubstr("repetitions: 4000000000"));
  EXPECT_THAT(refused([](Context& c) { c.cells[1].edge_cpu = 2; }), HasSubstr("cells[1].edge_cpu: 2 is not a share"));
  EXPECT_THAT(refused([](Context& c) { c.candidates[1] = c.candidates[0]; }),
              HasSubstr("candidates[1]: duplicate plan"));
  EXPECT_THAT(refused([](Context& c) { c.candidates[1].plan.model = "x"; }), HasSubstr("candidates[1].model"));
}

TEST(Journal, ASampleThatDoesNotBelongIsRefusedAndNotWritten) {
  const Folder folder;
  auto journal = Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->append(sample(0, 0, 0)));
  const std::string before = text_in(folder.file("j"));
  Sample bad_time = sample(0, 1, 0), bad_reading = sample(0, 1, 0);
  bad_time.terms.network = Duration(-1);
  bad_reading.seen.uplink = BitsPerSecond{std::numeric_limits<double>::quiet_NaN()};
  for (const Sample& bad :
       {sample(0, 0, 0), sample(2, 0, 0), sample(0, 3, 0), sample(0, 0, 2), bad_time, bad_reading}) {
    const auto appended = journal->append(bad);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().kind, ErrorKind::invalid);
  }
  EXPECT_FALSE(journal->append_failure(0, 3, 0, "no such candidate"));
  EXPECT_FALSE(journal->append_imposed(2, {}));
  EXPECT_EQ(text_in(folder.file("j")), before);
  EXPECT_EQ(journal->samples().size(), 1u);
  EXPECT_FALSE(journal->has(2, 0, 0));
}

TEST(Journal, ReasonsOfAnyMakingAreOneReadableLine) {
  const Folder folder;
  auto journal = Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->append_failure(0, 0, 0, "two\nlines \xff " + std::string(100'000, 'x')));
  EXPECT_TRUE(Journal::read(folder.file("j")));
  EXPECT_LT(text_in(folder.file("j")).size(), 5000u);
}

// A limit on the file's size stands for a full disk: the kernel then writes as much as fits.
TEST(Journal, AFullDiskLeavesNoHalfLine) {
  const Folder folder;
  auto journal = Journal::create(folder.file("j"), small_campaign());
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->append(sample(0, 0, 0)));
  const std::string before = text_in(folder.file("j"));

  struct rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = old;
  tight.rlim_cur = before.size() + 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto appended = journal->append(sample(0, 1, 0));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);

  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().kind, ErrorKind::internal);
  EXPECT_EQ(text_in(folder.file("j")), before);
  EXPECT_FALSE(journal->has(0, 1, 0));
  EXPECT_TRUE(journal->append(sample(0, 1, 0))) << "with room again it goes on";
  EXPECT_TRUE(Journal::read(folder.file("j")));
}

}  // namespace
}  // namespace tideline::journal
