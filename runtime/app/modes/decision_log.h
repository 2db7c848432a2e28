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
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// What goes wrong with a log that is written to: a full disk, above all.
struct WriteFaults {
  std::string last;  // Of the line that was written last, in the system's words; empty when it went well.
};

struct DecisionLines {
  Log lines;
  std::shared_ptr<WriteFaults> faults;
};

// Returns a log of bare lines into `file`; when it has grown to `size` it becomes FILE.1, as FILE.1 becomes FILE.2
// (with the ending kept: decisions.1.jsonl), and so on up to three. Returns invalid when the file cannot be written.
Result<DecisionLines> open_decision_log(const std::string& file, Bytes size);

class DecisionLog {
 public:
  // Lines that cannot be written are left out; `log` is told when that begins, every ten minutes, and when it ends.
  DecisionLog(DecisionLines to, Log log) : to_(std::move(to)), log_(std::move(log)) {}

  void write(std::string_view model, const AgentStatus& status, std::span<const Cut> cuts, TimePoint now);

 private:
  struct Last {
    TimePoint at;
    std::uint64_t moves = 0;
    Reason reason{};
    std::vector<std::string_view> bound;
  };

  void tell_of_faults(TimePoint now);

  const DecisionLines to_;
  const Log log_;
  std::uint64_t left_out_ = 0;  // Since the last line that was written.
  std::optional<TimePoint> told_;
  std::map<std::string, Last, std::less<>> last_;  // By model.
};

}  // namespace tideline
