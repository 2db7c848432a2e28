#include "runtime/http/event_log.h"

#include <gtest/gtest.h>

#include <string>

namespace tideline::http {
namespace {

std::chrono::system_clock::time_point at(std::int64_t milliseconds) {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

std::string text_after(const EventLog& log, std::uint64_t id, Bytes size = 1_MiB) {
  const auto part = log.after(id, size);
  return part ? part->text : "";
}

TEST(EventLog, AnEventHasItsTimeAsId) {
  EventLog log(1_KiB);
  log.append("{}", at(1500));
  EXPECT_EQ(text_after(log, 0), "id: 1500\ndata: {}\n\n");
}

TEST(EventLog, IdsRiseEvenIfTheClockStandsOrGoesBack) {
  EventLog log(1_KiB);
  log.append("a", at(1500));
  log.append("b", at(1500));
  log.append("c", at(3));
  EXPECT_EQ(text_after(log, 1500), "id: 1501\ndata: b\n\nid: 1502\ndata: c\n\n");
}

TEST(EventLog, AClockBefore1970GivesIdsAllTheSame) {
  EventLog log(1_KiB);
  log.append("a", at(-5));
  EXPECT_EQ(text_after(log, 0), "id: 1\ndata: a\n\n");
}

TEST(EventLog, EveryLineOfATextIsAFieldOfItsOwn) {
  EventLog log(1_KiB);
  log.append("a\nid: 7\n\nb", at(1));
  EXPECT_EQ(text_after(log, 0), "id: 1\ndata: a\ndata: id: 7\ndata: \ndata: b\n\n");
}

TEST(EventLog, AClientGetsWhatItHasNotSeenAndThenNothing) {
  EventLog log(1_KiB);
  for (int i = 1; i <= 3; ++i) log.append("x", at(i));
  const auto part = log.after(log.resume(1), 1_MiB);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->last, 3u);
  EXPECT_EQ(part->text, "id: 2\ndata: x\n\nid: 3\ndata: x\n\n");
  EXPECT_FALSE(log.after(part->last, 1_MiB));
}

TEST(EventLog, PartsHoldWholeEventsAndAtLeastOne) {
  EventLog log(1_KiB);
  for (int i = 1; i <= 3; ++i) log.append("x", at(i));
  EXPECT_EQ(text_after(log, 0, {1}), "id: 1\ndata: x\n\n");
  EXPECT_EQ(text_after(log, 0, {29}), "id: 1\ndata: x\n\n");
  EXPECT_EQ(text_after(log, 0, {30}), "id: 1\ndata: x\n\nid: 2\ndata: x\n\n");
}

TEST(EventLog, TheOldestEventsAreForgottenBeforeTheBoundIsPassed) {
  EventLog log(1_KiB);
  for (int i = 1; i <= 1000; ++i) {
    log.append(std::string(90, 'x'), at(i));
    EXPECT_LE(log.size(), 1_KiB);
  }
  EXPECT_GT(log.count(), 5u);
  EXPECT_TRUE(text_after(log, 0).starts_with("id: " + std::to_string(1001 - log.count()) + "\n"));
}

TEST(EventLog, AnEventThatIsLargerThanTheBoundIsLeftOut) {
  EventLog log(1_KiB);
  log.append("small", at(1));
  log.append(std::string(2000, 'x'), at(2));
  EXPECT_EQ(text_after(log, 0), "id: 1\ndata: small\n\n");
}

TEST(EventLog, AClientThatIsAheadOfTheClockGetsAllThatIsKept) {
  EventLog log(1_KiB);
  log.append("x", at(5));
  EXPECT_EQ(log.resume(6), 0u);
  EXPECT_EQ(log.resume(5), 5u);
  EXPECT_EQ(log.resume(4), 4u);
}

TEST(EventLog, AnIdIsANumber) {
  EXPECT_EQ(*parse_event_id(""), 0u);
  EXPECT_EQ(*parse_event_id("1767225600000"), 1767225600000u);
  EXPECT_EQ(*parse_event_id("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"x", "-1", "1.5", " 1", "1 ", "0x10", "18446744073709551616", "1\n2"}) {
    const auto id = parse_event_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().kind, ErrorKind::invalid);
  }
  EXPECT_EQ(
      parse_event_id("yesterday").error().message,
      "Last-Event-ID 'yesterday' is no id of an event, which is a number; leave it out to get all events that are "
      "kept");
}

}  // namespace
}  // namespace tideline::http
