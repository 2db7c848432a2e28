// DecisionLog: what an agent decided and by what, as JSON lines in files that are rotated; README.md has the format.
//
// A decision is written when it moved the cut, when its reason or what bound it changed, and else every ten seconds.
// Belongs to the thread of the ticks.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/engine/agent.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// Returns a log of bare lines into `file`; when it has grown to `size` it becomes FILE.1, as FILE.1 becomes FILE.2
// (with the ending kept: decisions.1.jsonl), and so on up to three. Returns invalid when the file cannot be written.
Result<Log> open_decision_log(const std::string& file, Bytes size);

class DecisionLog {
 public:
  explicit DecisionLog(Log lines) : lines_(std::move(lines)) {}

  void write(std::string_view model, const AgentStatus& status, std::span<const Cut> cuts, TimePoint now);

 private:
  struct Last {
    TimePoint at;
    std::uint64_t moves = 0;
    Reason reason{};
    std::vector<std::string_view> bound;
  };

  const Log lines_;
  std::map<std::string, Last, std::less<>> last_;  // By model.
};

}  // namespace tideline
