// Refusals: counts what a server refuses, by reason, and logs it, with a limit on the lines.
//
// The limit applies to each reason separately (LineLimit). Thread-safe.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tideline {

class Refusals {
 public:
  explicit Refusals(Log log) : lines_(std::move(log)) {}

  // Counts and logs a refusal. `reason` is one of a few words, never text from outside.
  void note(std::string_view reason, std::string_view line, TimePoint now = Clock::now());

  std::map<std::string, std::uint64_t> counts() const;

 private:
  LineLimit lines_;
  mutable std::mutex m_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;  // Guarded by m_.
};

// Counts a request that an edge refuses, and logs why. `refused` may be null: then nothing happens.
void note_request(Refusals* refused, std::string_view reason, const Error& why);

}  // namespace tideline
