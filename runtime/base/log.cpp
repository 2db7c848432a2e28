#include "runtime/base/log.h"

#include "runtime/base/outside.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/null_sink.h>

#include <array>
#include <ctime>
#include <string_view>

namespace tideline {
namespace {

void append(std::string_view text, spdlog::memory_buf_t& out) {
  out.append(text.data(), text.data() + text.size());
}

// Syslog's priorities in angle brackets.
class SyslogPriority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr std::array<std::string_view, 7> kSyslog{"<7>", "<7>", "<6>", "<4>", "<3>", "<2>", "<6>"};
    append(kSyslog[static_cast<std::size_t>(message.level)], out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<SyslogPriority>(); }
};

class Text final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    append(outside_text({message.payload.data(), message.payload.size()}, kLongestLine), out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Text>(); }
};

}  // namespace

Log silent_log() {
  return std::make_shared<spdlog::logger>("silent", std::make_shared<spdlog::sinks::null_sink_mt>());
}

std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern) {
  auto format = std::make_unique<spdlog::pattern_formatter>();
  format->add_flag<SyslogPriority>('P').add_flag<Text>('v').set_pattern(pattern);
  return format;
}

}  // namespace tideline
