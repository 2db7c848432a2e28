// Refusals: what a cloud did not take, counted by reason and logged, but not line after line.
//
// Of each reason the first lines of every ten seconds are logged; how many were left out, the next one says.
// Thread-safe.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tideline {

class Refusals {
 public:
  explicit Refusals(Log log) : log_(std::move(log)) {}

  // Counts one of `reason`, which is one of a few words, never text from outside.
  void note(std::string_view reason, std::string_view line, TimePoint now = Clock::now());

  std::map<std::string, std::uint64_t> counts() const;

 private:
  struct Kind {
    std::uint64_t count = 0;
    TimePoint since;         // When the lines below began to be counted.
    int lines = 0;           // Logged since then.
    std::uint64_t left = 0;  // Not logged since the last that was.
  };

  const Log log_;
  mutable std::mutex m_;
  std::map<std::string, Kind, std::less<>> kinds_;  // Guarded by m_.
};

}  // namespace tideline
