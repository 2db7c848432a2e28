// DecisionLog: writes the agent's decisions and their inputs as JSON lines into rotated files (format:
// runtime/app/README.md).
//
// Writes a decision if it moved the cut, if its reason or its binding constraints changed, and otherwise every ten
// seconds. Belongs to the thread of the ticks.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/engine/agent.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::modes {

// Faults in writing a log, such as a full disk.
struct WriteFaults {
  std::string last;  // The system's message for the last line; empty if it was written.
};

struct DecisionLines {
  Log lines;
  std::shared_ptr<WriteFaults> faults;
};

// Returns a log of bare lines into `file`. At `size` the file becomes FILE.1, FILE.1 becomes FILE.2, and so on up to
// three (the ending stays: decisions.1.jsonl). Returns invalid if the file cannot be written.
Result<DecisionLines> open_decision_log(const std::string& file, Bytes size);

class DecisionLog {
 public:
  // Leaves out lines that cannot be written. Reports to `log` when that begins, every ten minutes, and when it ends.
  DecisionLog(DecisionLines to, Log log) : to_(std::move(to)), log_(std::move(log)) {}

  void write(std::string_view model, const engine::AgentStatus& status, std::span<const model::Cut> cuts,
             TimePoint now);

 private:
  struct Last {
    TimePoint at;
    std::uint64_t moves = 0;
    decide::Reason reason{};
    std::vector<std::string_view> bound;
  };

  void tell_of_faults(TimePoint now);

  const DecisionLines to_;
  const Log log_;
  std::uint64_t left_out_ = 0;  // Since the last written line.
  std::optional<TimePoint> told_;
  std::map<std::string, Last, std::less<>> last_;  // By model.
};

}  // namespace tideline::modes
