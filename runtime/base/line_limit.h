// LineLimit: keeps the log readable when one kind of line comes again and again.
//
// Of each kind the first lines of every period are logged; how many were left out, the next one says. A kind is one of
// a few words of ours, never text from outside: so the log grows by no more than so many lines of each. Thread-safe.
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
    TimePoint since;         // When the lines below began to be counted.
    int lines = 0;           // Logged since then.
    std::uint64_t left = 0;  // Not logged since the last that was.
    TimePoint left_since;    // When the first of those came.
  };
  // Returns how the line goes on; nothing when it is left out.
  std::optional<std::string> admit(std::string_view kind, TimePoint now);

  const Log log_;
  std::mutex m_;
  std::map<std::string, Kind, std::less<>> kinds_;  // Guarded by m_.
};

}  // namespace tideline
