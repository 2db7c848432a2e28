#include "bench/lib/record.h"

#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace tideline {
namespace {

using nlohmann::json;
using testing::Eq;

std::string bytes_of(float number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

Reply reply(const std::string& codec, const std::string& outputs) {
  return {.status = 200,
          .header = {{"parameters", {{"placement", "split"}, {"cut", 3}, {"codec", codec}, {"head_us", 70}}}},
          .outputs = outputs};
}

TEST(Record, CountsAnswersFailuresAndWrongOutputs) {
  Record record(0.25);
  record.add({.latency_ms = 10}, reply("q8", bytes_of(1.2F)), bytes_of(1));
  record.add({.latency_ms = 20}, reply("q8", bytes_of(1.3F)), bytes_of(1));
  record.add({.latency_ms = 30}, reply("fp32", bytes_of(1.0001F)), bytes_of(1));
  record.add({.latency_ms = 99}, {.status = 503, .header = {}, .outputs = {}}, bytes_of(1));
  const Tally tally = record.tally();
  EXPECT_EQ(tally.answered, 3);
  EXPECT_EQ(tally.failed, 1);
  EXPECT_EQ(tally.wrong, 2);
  EXPECT_EQ(tally.p50_ms, 20);
}

TEST(Record, SaysHowManyRequestsWereSentLate) {
  Record record(0);
  for (const double late_ms : {0.5, 100.0, 101.0, 250.0}) record.add({.late_ms = late_ms}, {}, "");
  const Record::Lateness lateness = record.lateness(100);
  EXPECT_EQ(lateness.late, 2);
  EXPECT_EQ(lateness.all, 4);
  EXPECT_EQ(lateness.most_ms, 250);
}

TEST(Record, WritesARowPerRequest) {
  const TemporaryFolder folder;
  Record record(0);
  record.add({.due_s = 1.5, .latency_ms = 20.25, .late_ms = 0.125}, reply("fp32", "same"), "same");
  record.add({.due_s = 2, .latency_ms = 1}, {}, "same");
  const std::string file = folder / "rows.csv";
  ASSERT_TRUE(record.write(file, 7));
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator(in), {}};
  EXPECT_THAT(text, Eq("# moves 7\n"
                       "due_s,latency_ms,late_ms,status,placement,cut,wrong,codec,"
                       "queue_us,head_us,encode_us,uplink_us,tail_us,total_us\n"
                       "1.500,20.250,0.125,200,split,3,0,fp32,0,70,0,0,0,0\n"
                       "2.000,1.000,0.000,0,,-1,0,,0,0,0,0,0,0\n"));
}

TEST(Record, CannotWriteWhereThereIsNoFolder) {
  EXPECT_FALSE(Record(0).write("/nonexistent/rows.csv", 0));
}

}  // namespace
}  // namespace tideline
