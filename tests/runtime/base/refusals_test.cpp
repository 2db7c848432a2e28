#include "runtime/base/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <sstream>

namespace tideline {
namespace {

TEST(Refusals, AreAllCountedAndNotAllLogged) {
  std::ostringstream text;
  Refusals refusals(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  const TimePoint start = Clock::now();
  for (int i = 0; i < 100; ++i) refusals.note("expired", "late", start);
  refusals.note("idle", "silent", start);
  const std::string first = text.str();
  EXPECT_EQ(std::ranges::count(first, '\n'), 11);
  refusals.note("expired", "later", start + std::chrono::seconds(11));
  EXPECT_THAT(text.str(), testing::HasSubstr("later (90 more like this in 11 s were not logged)"));
  EXPECT_EQ(refusals.counts().at("expired"), 101U);
  EXPECT_EQ(refusals.counts().at("idle"), 1U);
}

TEST(Refusals, ARequestIsNotedWithItsReasonOrNowhere) {
  std::ostringstream text;
  Refusals refusals(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  const Error why = error(ErrorKind::overloaded, "the queue is full");
  note_request(&refusals, "queue_full", why);
  note_request(nullptr, "queue_full", why);
  EXPECT_THAT(text.str(), testing::HasSubstr("a request was refused: the queue is full"));
  EXPECT_EQ(refusals.counts().at("queue_full"), 1U);
}

}  // namespace
}  // namespace tideline
