#include "runtime/base/log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

namespace tideline {
namespace {

// What a log of that format writes of one warning, without its time.
std::string written(std::unique_ptr<spdlog::formatter> format, const std::string& message) {
  std::ostringstream out;
  const auto log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  log->set_formatter(std::move(format));
  log->warn("{}", message);
  std::string line = out.str();
  const std::size_t time = line.find(R"("time":")");
  if (time != std::string::npos) line.erase(time, sizeof(R"("time":"2026-01-01T00:00:00.000Z",)") - 1);
  return line;
}

TEST(Log, ALineOfJsonIsOneObject) {
  EXPECT_EQ(written(json_format(), "the link is up"), "{\"level\":\"warning\",\"message\":\"the link is up\"}\n");
  EXPECT_EQ(written(json_format("%P"), "x"), "<4>{\"level\":\"warning\",\"message\":\"x\"}\n");
}

TEST(Log, TextFromOutsideCannotLeaveItsString) {
  EXPECT_EQ(written(json_format(), "a\"b\\c\nd\xff"),
            "{\"level\":\"warning\",\"message\":\"a\\\"b\\\\c\\\\nd\\\\xff\"}\n");
  EXPECT_EQ(json_text("\x1b[31m"), R"("\\x1b[31m")");
}

TEST(Log, FieldsStandInPlaceOfTheMessage) {
  EXPECT_EQ(written(json_fields_format(), R"("status":200,"path":"/x")"),
            "{\"level\":\"warning\",\"status\":200,\"path\":\"/x\"}\n");
}

TEST(Log, ATextThatIsTooLongIsCut) {
  EXPECT_LT(json_text(std::string(70'000, 'x'), 256).size(), 300u);
  EXPECT_LT(written(json_format(), std::string(70'000, 'x')).size(), kLongestLine + 100);
}

}  // namespace
}  // namespace tideline
