#include "runtime/base/log.h"

#include "runtime/base/outside.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/null_sink.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

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

class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    append("\"message\":", out);
    append(json_text({message.payload.data(), message.payload.size()}), out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

class Fields final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    append({message.payload.data(), message.payload.size()}, out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Fields>(); }
};

// The time as RFC 3339 has it, in UTC: a reader of many machines' logs should not need to know where they stand.
std::unique_ptr<spdlog::formatter> object_format(const std::string& prefix,
                                                 std::unique_ptr<spdlog::custom_flag_formatter> members) {
  spdlog::pattern_formatter::custom_flags flags;
  flags['P'] = std::make_unique<SyslogPriority>();
  flags['J'] = std::move(members);
  return std::make_unique<spdlog::pattern_formatter>(prefix + R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%J})",
                                                     spdlog::pattern_time_type::utc, "\n", std::move(flags));
}

}  // namespace

Log silent_log() {
  return std::make_shared<spdlog::logger>("silent", std::make_shared<spdlog::sinks::null_sink_mt>());
}

std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern) {
  auto format = std::make_unique<spdlog::pattern_formatter>();
  format->add_flag<SyslogPriority>('P').add_flag<Text>('v').set_pattern(pattern);
  return format;
}

std::unique_ptr<spdlog::formatter> json_format(const std::string& prefix) {
  return object_format(prefix, std::make_unique<JsonMessage>());
}

std::unique_ptr<spdlog::formatter> json_fields_format(const std::string& prefix) {
  return object_format(prefix, std::make_unique<Fields>());
}

std::string json_text(std::string_view text, std::size_t limit) {
  std::string quoted = "\"";
  for (const char c : outside_text(text, limit)) {  // Without controls, and valid UTF-8.
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace tideline
