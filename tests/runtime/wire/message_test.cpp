#include "runtime/wire/message.h"

#include "runtime/base/outside.h"
#include "tests/runtime/wire/decode_all.h"
#include "tests/runtime/wire/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tideline::wire {
namespace {

using std::chrono::hours;

// Reads hexadecimal digits; a line that begins with # is a comment.
std::vector<std::byte> golden(const std::string& name) {
  std::ifstream file(std::string(TIDELINE_SOURCE) + "/tests/runtime/wire/golden/" + name + ".hex");
  std::vector<std::byte> bytes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) bytes.push_back(static_cast<std::byte>(std::stoi(word, nullptr, 16)));
  }
  return bytes;
}

FrameMeta head_of(const std::vector<std::byte>& frame) {
  const auto header = decode_header(std::span(frame).first<FrameHeader::kSize>(), {});
  const auto from = frame.begin() + FrameHeader::kSize;
  return {from, from + header->meta_size};
}

TEST(Message, EveryFrameIsByteForByteTheGoldenOne) {
  for (const auto& [name, bytes] : sample_frames()) EXPECT_EQ(bytes, golden(name)) << name;
}

TEST(Message, EveryGoldenFrameIsUnderstoodAndSaidAgainInTheSameBytes) {
  for (const auto& [name, bytes] : sample_frames()) {
    const std::vector<std::byte> frame = golden(name);
    ASSERT_GE(frame.size(), FrameHeader::kSize) << name;
    const Result<FrameHeader> header = decode_header(std::span(frame).first<FrameHeader::kSize>(), {});
    ASSERT_TRUE(header) << header.error().message;
    const Result<FrameMeta> again = said_again(header->type, head_of(frame));
    ASSERT_TRUE(again) << name << ": " << again.error().message;
    EXPECT_EQ(*again, head_of(frame)) << name;
  }
}

TEST(Message, TheGoldenRunMeansWhatWasSaid) {
  const Result<RunMessage> run = decode_run(head_of(golden("run")));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->plan, sample_run().plan);
  EXPECT_EQ(run->budget, std::chrono::milliseconds(250));
  EXPECT_EQ(run->batch, 3U);
  EXPECT_THAT(run->sizes, testing::ElementsAre(4, 2));
}

TEST(Message, TheGoldenRunOfAStreamNamesItsReference) {
  const Result<RunMessage> run = decode_run(head_of(golden("run_of_stream")));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->place, (StreamPlace{.stream = 2, .frame = 42, .reference = 41}));
  EXPECT_THAT(run->sizes, testing::ElementsAre(4, 2));
  EXPECT_EQ(decode_run(head_of(golden("run")))->place, std::nullopt);
}

TEST(Message, TheGoldenRunsTellPriorityAndTrace) {
  const Result<RunMessage> usual = decode_run(head_of(golden("run")));
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_EQ(usual->priority, kUsualPriority);
  EXPECT_EQ(usual->trace, "");
  const Result<RunMessage> urgent = decode_run(head_of(golden("run_of_stream")));
  ASSERT_TRUE(urgent) << urgent.error().message;
  EXPECT_EQ(urgent->priority, 3U);
  EXPECT_EQ(urgent->trace, kSampleTrace);
}

// The first byte of the trace's size; the priority is before it.
constexpr std::size_t kTraceAt = 32 + 4 + 1 + 8 + 4 + 4;

std::string why_not(const FrameMeta& run) {
  const Result<RunMessage> read = decode_run(run);
  if (read) return "it was read";
  EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  return read.error().message;
}

TEST(Message, APriorityOfZeroIsCorruptAndNeverWritten) {
  FrameMeta run = encode(sample_run());
  run[kTraceAt - 4] = std::byte{0};
  EXPECT_EQ(why_not(run), "the priority of a run is 0; it is 1 or more, and 1 goes first");
  for (const Priority priority : {1U, 10U, ~0U}) {
    RunMessage any = sample_run();
    any.priority = priority;
    EXPECT_EQ(decode_run(encode(any))->priority, priority);
  }
  RunMessage none = sample_run();
  none.priority = 0;
  EXPECT_EQ(decode_run(encode(none))->priority, 1U);
}

TEST(Message, ATraceThatIsNoTraceparentIsCorruptAndNeverWritten) {
  const FrameMeta good = encode(sample_run_of_stream());
  for (int size : {1, 54, 56, 255}) {
    FrameMeta run = good;
    run[kTraceAt] = static_cast<std::byte>(size);
    EXPECT_EQ(why_not(run), fmt::format("the trace of a run has {} bytes; a traceparent of version 00 has 55", size));
  }
  FrameMeta run = good;
  run[kTraceAt + 4] = std::byte{'B'};
  EXPECT_EQ(why_not(run),
            "the trace of a run is '00-Bbf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', which is "
            "no traceparent of version 00");
  for (const std::string trace : {"x", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    RunMessage bad = sample_run();
    bad.trace = trace;
    EXPECT_EQ(decode_run(encode(bad))->trace, "");
  }
}

TEST(Message, AFrameThatRefersToItselfOrToALaterOneIsCorrupt) {
  const auto read = [](std::uint32_t frame, std::uint32_t reference) {
    RunMessage run = sample_run();
    run.place = {.stream = 2, .frame = frame, .reference = reference};
    return static_cast<bool>(decode_run(encode(run)));
  };
  EXPECT_TRUE(read(1, 0));
  EXPECT_TRUE(read(42, 41));
  EXPECT_FALSE(read(0, 0));
  EXPECT_FALSE(read(42, 42));
  EXPECT_FALSE(read(42, 43));
  FrameMeta two_places = encode(sample_run_of_stream());
  two_places[two_places.size() - 17] = std::byte{2};
  EXPECT_FALSE(decode_run(two_places));
}

TEST(Message, TheGoldenAnswerMeansWhatWasSaid) {
  const Result<AnswerMessage> answer = decode_answer(head_of(golden("answer")));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->stamps.counted.count, 100'000U);
  EXPECT_EQ(answer->stamps.receiving, std::chrono::milliseconds(80));
  EXPECT_EQ(answer->stamps.silence, std::chrono::milliseconds(60));
  EXPECT_EQ(answer->stamps.after_silence.count, 1448U);
  EXPECT_EQ(answer->stamps.residence, std::chrono::microseconds(2700));
  EXPECT_EQ(answer->stamps.together, 4U);
  ASSERT_EQ(answer->outputs.size(), 2U);
  EXPECT_EQ(answer->outputs[1].dtype, DType::uint8);
  EXPECT_EQ(answer->outputs[0].shape, (Shape{1, 2}));
}

TEST(Message, AWelcomeSaysHowManyTailsTheCloudRunsAtOnce) {
  EXPECT_EQ(decode_welcome(head_of(golden("welcome")))->slots, 3);
  for (const std::uint16_t slots : {1, 2, 1024})
    EXPECT_EQ(decode_welcome(encode(Welcome{.slots = slots}))->slots, slots);
  EXPECT_EQ(decode_welcome(encode(Welcome{.slots = 0}))->slots, 1) << "what is written is possible";
  EXPECT_EQ(decode_welcome(encode(Welcome{.slots = 65535}))->slots, 1024);
  for (const std::uint16_t slots : {0, 1025, 65535}) {
    FrameMeta lie = encode(Welcome{});
    lie[lie.size() - 2] = static_cast<std::byte>(slots & 0xff);
    lie[lie.size() - 1] = static_cast<std::byte>(slots >> 8);
    const Result<Welcome> read = decode_welcome(lie);
    ASSERT_FALSE(read) << slots;
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
    EXPECT_EQ(read.error().message,
              fmt::format("a welcome says that the cloud runs {} tails at once; 1 to 1024 are possible", slots));
  }
}

TEST(Message, AWelcomeSaysInWhichPrecisionTheCloudComputes) {
  EXPECT_EQ(decode_welcome(head_of(golden("welcome")))->precision, Precision::bf16);
  for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::fp16})
    EXPECT_EQ(decode_welcome(encode(Welcome{.precision = precision}))->precision, precision);
  FrameMeta unknown = encode(Welcome{.slots = 1});
  unknown[unknown.size() - 3] = std::byte{3};
  ASSERT_FALSE(decode_welcome(unknown));
  EXPECT_EQ(decode_welcome(unknown).error().kind, ErrorKind::corrupt);
}

TEST(Message, AHeadThatIsCutShortOrTooLongIsCorrupt) {
  for (const auto& [name, frame] : sample_frames()) {
    const FrameHeader header = *decode_header(std::span(frame).first<FrameHeader::kSize>(), {});
    FrameMeta head = head_of(frame);
    for (std::size_t size = 0; size < head.size(); ++size) {
      const Result<FrameMeta> again = said_again(header.type, std::span(head).first(size));
      ASSERT_FALSE(again) << name << " with " << size << " bytes";
      ASSERT_EQ(again.error().kind, ErrorKind::corrupt);
    }
    head.push_back(std::byte{0});
    EXPECT_FALSE(said_again(header.type, head)) << name;
  }
}

TEST(Message, EveryErrorKindSurvivesTheWay) {
  for (const ErrorKind kind : {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded, ErrorKind::corrupt,
                               ErrorKind::internal, ErrorKind::no_reference}) {
    const Result<Refusal> refusal = decode_refusal(encode(Refusal{{kind, "why", std::chrono::seconds(2)}}));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why.kind, kind);
    EXPECT_EQ(refusal->why.message, "why");
    EXPECT_EQ(refusal->why.retry_after, std::chrono::seconds(2));
  }
}

TEST(Message, WhatCannotBeIsCorrupt) {
  FrameMeta kind = encode(Refusal{{ErrorKind::invalid, "x"}});
  kind[0] = std::byte{6};
  EXPECT_FALSE(decode_refusal(kind));

  FrameMeta away = encode(Refusal{{ErrorKind::overloaded, "x"}});
  away[8] = std::byte{0xff};
  EXPECT_FALSE(decode_refusal(away));

  FrameMeta codec = encode(sample_run());
  codec[36] = std::byte{200};
  EXPECT_FALSE(decode_run(codec));

  FrameMeta share = encode(CloudLoad{1, 1});
  share[1] = std::byte{0xff};
  EXPECT_FALSE(decode_load(share));
  FrameMeta reached = encode(LoadAnswer{{1, 1}, {"x"}});
  reached[1] = std::byte{0xff};
  EXPECT_FALSE(decode_loaded(reached));
  FrameMeta remarks = encode(LoadAnswer{{1, 1}, {}});
  remarks[4] = std::byte{kMostRemarks + 1};
  EXPECT_FALSE(decode_loaded(remarks));

  for (const std::size_t field : {1, 2, 3, 4, 5, 6}) {  // Receiving to silence; as a negative number would be written.
    FrameMeta time = encode(sample_stamps());
    time[8 * field + 7] = std::byte{0xff};
    EXPECT_FALSE(decode_echo(time)) << field;
  }

  FrameMeta rank = encode(AnswerMessage{{}, {{DType::fp32, Shape(9, 1)}}});
  EXPECT_FALSE(decode_answer(rank));
  FrameMeta dtype = encode(AnswerMessage{{}, {{static_cast<DType>(77), {1}}}});
  EXPECT_FALSE(decode_answer(dtype));
}

TEST(Message, StampsOfWhichAPartIsMoreThanTheWholeAreCorrupt) {
  const auto read = [](void (*change)(Stamps&)) {
    Stamps stamps = sample_stamps();
    change(stamps);
    return static_cast<bool>(decode_echo(encode(stamps)));
  };
  EXPECT_TRUE(read([](Stamps&) {}));
  EXPECT_FALSE(read([](Stamps& s) { s.silence = s.receiving + Duration(1); }));
  EXPECT_FALSE(read([](Stamps& s) { ++(s.after_silence = s.counted).count; }));
  EXPECT_FALSE(read([](Stamps& s) { s.queue = s.residence - s.run; }));
}

TEST(Message, ATimeOfMoreThanADayIsCorruptAndNeverWritten) {
  for (const std::size_t field : {1, 2, 3, 4, 5, 6}) {
    FrameMeta head = encode(sample_stamps());
    head[8 * field + 7] = std::byte{0x7f};
    const auto echo = decode_echo(head);
    ASSERT_FALSE(echo) << field;
    EXPECT_EQ(echo.error().kind, ErrorKind::corrupt);
  }
  const auto refusal = decode_refusal(encode(Refusal{{ErrorKind::overloaded, "full", Duration::max()}}));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->why.retry_after, kLongestStamp);
}

TEST(Message, NumbersOutsideTheirRangeAreBroughtBackIntoIt) {
  RunMessage run = sample_run();
  run.budget = Duration::max();
  EXPECT_EQ(decode_run(encode(run))->budget, kLongestBudget);
  run.budget = Duration(-5);
  EXPECT_EQ(decode_run(encode(run))->budget, Duration{});
  EXPECT_EQ(decode_load(encode(CloudLoad{7, -1}))->cpu, 1);
  EXPECT_EQ(decode_load(encode(CloudLoad{7, -1}))->memory, 0);
  const LoadAnswer talkative{{}, std::vector<std::string>(1000, std::string(5000, 'x'))};
  const Result<LoadAnswer> told = decode_loaded(encode(talkative));
  ASSERT_TRUE(told);
  const std::string cut = outside_text(std::string(5000, 'x'), kLongestText);
  EXPECT_EQ(told->remarks, std::vector<std::string>(kMostRemarks, cut));
  EXPECT_EQ(decode_hello(encode(Hello{std::string(100'000, 'x')}))->edge.size(), kLongestName);
}

TEST(Message, ADigestIs64LowerCaseHexDigits) {
  EXPECT_TRUE(is_digest(kSampleDigest));
  EXPECT_FALSE(is_digest(""));
  EXPECT_FALSE(is_digest(std::string(63, '0')));
  EXPECT_FALSE(is_digest(std::string(64, 'A')));
  EXPECT_FALSE(is_digest(std::string(64, 'g')));
}

}  // namespace
}  // namespace tideline::wire
