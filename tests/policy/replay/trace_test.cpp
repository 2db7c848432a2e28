#include "policy/replay/generate.h"
#include "policy/replay/random.h"
#include "policy/replay/trace_csv.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace tideline::replay {
namespace {

using ::testing::HasSubstr;
using Kind = Trace::Kind;

Trace made(std::vector<Trace::Row> rows, Kind kind = Kind::bandwidth) {
  auto trace = Trace::make(kind, std::move(rows));
  if (!trace) ADD_FAILURE() << trace.error().message;
  return *std::move(trace);
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Trace, ReadsItsGoldenFilesAndWritesThemAsTheyWere) {
  const std::string folder = TIDELINE_SOURCE "/tests/policy/replay/golden/";
  const auto way = parse_trace(read(folder + "trace.csv"));
  ASSERT_TRUE(way) << way.error().message;
  EXPECT_EQ(*way, made({{0, 25e6}, {0.5, 12.25e6}, {1.5, 0}, {3, 8e6}}));
  EXPECT_EQ(to_csv(*way), read(folder + "trace.csv"));
  const auto cpu = parse_trace(read(folder + "cpu.csv"));
  ASSERT_TRUE(cpu) << cpu.error().message;
  EXPECT_EQ(*cpu, made({{0, 0.45}, {300, 0.02}, {600, 1}}, Kind::cpu));
  EXPECT_EQ(to_csv(*cpu), read(folder + "cpu.csv"));
}

TEST(Trace, RefusesWhatMakesNoSenseInOneSentenceWithTheLine) {
  const std::pair<std::string, std::string> bad[] = {
      {"", "the trace is empty"},
      {"speed\n0,1\n", "line 1: 'speed' is not a trace header"},
      {"seconds,mbit_per_s\n", "no rows"},
      {"seconds,mbit_per_s\n1,1\n", "line 2: 1 s is not 0; a trace begins at 0"},
      {"seconds,mbit_per_s\n0,1\n1,\n", "line 3: the value is missing; fill the gap"},
      {"seconds,mbit_per_s\n0,1\n\n2,1\n", "line 3: '' is not two fields"},
      {"seconds,mbit_per_s\n0,1\n5,1\n4,1\n", "line 4: 4 s does not come after the 5 s before it; sort the rows"},
      {"seconds,mbit_per_s\n0,1\n0,1\n", "line 3: 0 s does not come after the 0 s"},
      {"seconds,mbit_per_s\n0,-3\n", "line 2: -3 mbit_per_s is not within 0 to 1000000"},
      {"seconds,mbit_per_s\n0,1e9\n", "line 2: 1000000000 mbit_per_s is not within"},
      {"seconds,cpu_percent\n0,101\n", "line 2: 101 cpu_percent is not within 0 to 100"},
      {"seconds,mbit_per_s\n0,nan\n", "line 2: 'nan' is not a number"},
      {"seconds,mbit_per_s\n0,fast\n", "line 2: 'fast' is not a number"},
      {"seconds,mbit_per_s\n0,1\n4000,1\n", "line 3: a gap of 4000 s"},
      {"seconds,mbit_per_s\n0,0\n1,0\n", "the link is always down"},
  };
  for (const auto& [text, says] : bad) {
    const auto trace = parse_trace(text);
    ASSERT_FALSE(trace) << text;
    EXPECT_EQ(trace.error().kind, ErrorKind::invalid);
    EXPECT_THAT(trace.error().message, HasSubstr(says));
  }
}

TEST(Trace, TakesOtherUnitsAndLineEnds) {
  EXPECT_EQ(*parse_trace("time_s,kbit_per_s\r\n0,500\r\n1,250\r\n"), made({{0, 500e3}, {1, 250e3}}));
}

TEST(Trace, AValueHoldsUntilTheNextAndTheTraceBeginsAnewAfterItsEnd) {
  const Trace trace = made({{0, 10}, {1, 0}, {3, 4}});  // The last one holds for 2 s, too.
  EXPECT_EQ(trace.length(), 5);
  EXPECT_EQ(trace.at(0.99), 10);
  EXPECT_EQ(trace.at(1), 0);
  EXPECT_EQ(trace.at(5), 10);
  EXPECT_EQ(trace.at(5000 + 3.5), 4);
  EXPECT_NEAR(trace.integral(0.5, 3.5), 5 + 2, 1e-9);
  EXPECT_NEAR(trace.integral(0, 5000), 18 * 1000, 1e-6);
  EXPECT_NEAR(trace.zero_time(0.5, 12), 2 + 2 + 1, 1e-9);
  EXPECT_NEAR(trace.zero_since(2.5), 1.5, 1e-9);
  EXPECT_EQ(trace.zero_since(3.5), 0);
}

TEST(Trace, AnUploadWaitsThroughTheDark) {
  const Trace trace = made({{0, 10}, {1, 0}, {3, 4}});
  EXPECT_NEAR(trace.reach(0.5, 5), 1, 1e-9);
  EXPECT_NEAR(trace.reach(0.5, 6), 3.25, 1e-9);
  EXPECT_NEAR(trace.reach(1.5, 0), 1.5, 1e-9);
  EXPECT_NEAR(trace.reach(0.5, 5 + 8 + 10 + 1), 5 + 3.25, 1e-9);
  EXPECT_NEAR(trace.reach(0.5, 18 * 100), 500.5, 1e-6);
}

TEST(Trace, WhenItIsReachedTheIntegralIsWhatWasAsked) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const Trace trace = generate(Kind::bandwidth, cellular(20), random.uniform(1, 60), random.next());
    for (int i = 0; i < 30; ++i) {
      const Seconds from = random.uniform(0, 200);
      const double bits = random.uniform(0, 100e6);
      const Seconds to = trace.reach(from, bits);
      ASSERT_GE(to, from);
      ASSERT_NEAR(trace.integral(from, to), bits, 1e-6 * bits + 10);
    }
  }
}

TEST(Trace, FasterIsTheSameInLessTime) {
  const Trace trace = made({{0, 0.5}, {300, 0.1}}, Kind::cpu).faster(60);
  EXPECT_EQ(trace.length(), 10);
  EXPECT_EQ(trace.at(6), 0.1);
}

TEST(Generate, IsTheSameForTheSameSeedAndDarkNowAndThen) {
  const Trace trace = generate(Kind::bandwidth, cellular(20), 600, 7);
  EXPECT_EQ(trace, generate(Kind::bandwidth, cellular(20), 600, 7));
  EXPECT_NE(trace, generate(Kind::bandwidth, cellular(20), 600, 8));
  EXPECT_EQ(*parse_trace(to_csv(trace)), trace);
  EXPECT_GT(trace.zero_time(0, 600), 1);
  EXPECT_LT(trace.zero_time(0, 600), 100);
  EXPECT_GT(trace.mean(), 3e6);
  const Trace cpu = generate(Kind::cpu, busy_edge(), 600, 7);
  EXPECT_GT(cpu.mean(), 0.1);
  EXPECT_LT(cpu.mean(), 0.8);
}

}  // namespace
}  // namespace tideline::replay
