// LineLimit: limits how many log lines of one kind are written, so that repeats do not flood the log.
//
// Writes the first kLines lines of a kind in every kPeriod. The next line says how many were left out. A kind is one of
// a few fixed texts of ours, never text from outside, so the log stays bounded. Thread-safe.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tideline {

class LineLimit {
 public:
  static constexpr int kLines = 10;
  static constexpr Duration kPeriod = std::chrono::seconds(10);

  explicit LineLimit(Log log) : log_(std::move(log)) {}

  void write(spdlog::level::level_enum level, std::string_view kind, std::string_view line,
             TimePoint now = Clock::now());
  void info(std::string_view kind, std::string_view line) { write(spdlog::level::info, kind, line); }
  void warn(std::string_view kind, std::string_view line) { write(spdlog::level::warn, kind, line); }
  void error(std::string_view kind, std::string_view line) { write(spdlog::level::err, kind, line); }

 private:
  struct Kind {
    TimePoint since;         // Start of the current period.
    int lines = 0;           // Lines logged since then.
    std::uint64_t left = 0;  // Lines left out since the last logged one.
    TimePoint left_since;    // Time of the first line left out.
  };
  // Returns a suffix for the line, or nothing if the line is to be left out.
  std::optional<std::string> admit(std::string_view kind, TimePoint now);

  const Log log_;
  std::mutex m_;
  std::map<std::string, Kind, std::less<>> kinds_;  // Guarded by m_.
};

}  // namespace tideline
