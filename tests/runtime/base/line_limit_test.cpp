#include "runtime/base/line_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <sstream>

namespace tideline {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class LogLines : public testing::Test {
 protected:
  LogLines() {
    log_->set_formatter(line_format("%P%v"));
    log_->set_level(spdlog::level::info);
  }
  std::string text() const { return text_.str(); }
  std::ptrdiff_t lines() const { return std::ranges::count(text(), '\n'); }

  std::ostringstream text_;
  const Log log_ = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
  LineLimit limit_{log_};
  const TimePoint start_ = Clock::now();
};

TEST_F(LogLines, OfAKindTheFirstAreLoggedAndTheNextOneSaysHowManyWereLeftOut) {
  for (int i = 0; i < 422; ++i) limit_.write(spdlog::level::warn, "lost", "lost it", start_ + milliseconds(i));
  limit_.write(spdlog::level::warn, "other", "something else", start_);
  EXPECT_EQ(lines(), LineLimit::kLines + 1);
  EXPECT_THAT(text(), Not(HasSubstr("more like this")));
  limit_.write(spdlog::level::warn, "lost", "lost again", start_ + LineLimit::kPeriod);
  EXPECT_THAT(text(), HasSubstr("<4>lost again (412 more like this in 10 s were not logged)\n"));
  limit_.write(spdlog::level::warn, "lost", "and again", start_ + LineLimit::kPeriod);
  EXPECT_THAT(text(), HasSubstr("<4>and again\n"));
}

TEST_F(LogLines, WhatComesAllTheTimeGrowsTheLogByOnlySoManyLines) {
  for (int i = 0; i < 60'000; ++i) limit_.write(spdlog::level::info, "flap", "it flaps", start_ + milliseconds(i));
  EXPECT_LE(lines(), 6 * LineLimit::kLines);
  EXPECT_GE(lines(), 5 * LineLimit::kLines);
}

TEST_F(LogLines, WhatTheLevelLeavesOutIsNotCounted) {
  for (int i = 0; i < 100; ++i) limit_.write(spdlog::level::debug, "probe", "looked", start_);
  limit_.write(spdlog::level::info, "probe", "came", start_);
  EXPECT_EQ(text(), "<6>came\n");
}

TEST_F(LogLines, ALineCannotBeForgedOrBeLongerThanALine) {
  log_->info("edge {}", "x\n<3>forged\x1b[2J");
  EXPECT_EQ(text(), "<6>edge x\\n<3>forged\\x1b[2J\n");
  log_->info(std::string(70000, 'x'));
  EXPECT_EQ(lines(), 2);
  EXPECT_LT(text().size(), kLongestLine + 100);
}

}  // namespace
}  // namespace tideline
