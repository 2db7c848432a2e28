// Inspection: checks and times every cut of a model, and prints the result: sizes, exactness, times of head and tail.
//
// Belongs to one thread.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tideline::print {

struct CutCheck {
  bool exact = true;         // Head and tail together gave the whole network's output, bit for bit.
  double max_abs_error = 0;  // Over all elements of all outputs.
};

struct CutTimes {
  Duration head{};  // Medians.
  Duration tail{};
  double over_whole = 0;  // Median of (head + tail) / whole, each measured beside its whole.
};

struct Inspection {
  std::vector<CutCheck> checks;              // One per cut, or none.
  std::vector<CutTimes> times;               // One per cut, or none.
  Duration whole{};                          // Median; zero if not timed.
  Bytes resident_whole;                      // Of the process after a run of the whole, before any head or tail ran.
  Bytes resident_all_cuts;                   // The same after head and tail of every cut ran; zero if they did not run.
  std::optional<plan::Agreement> agreement;  // Of the whole network with itself in fp32; absent if it computes in fp32.
};

// The progress of long work: `done` of `total` steps.
struct InspectionStep {
  std::string doing;  // "verify cuts"
  std::size_t done = 0;
  std::size_t total = 0;
};
using StepReport = std::function<void(const InspectionStep&)>;

// Checks every cut if `verify`, and times every cut if `time`.
// A check compares bit for bit the output of the whole network with that of the tail on the tensors of the cut. These
// tensors come from continuing at an earlier cut, at most eight cuts before. So all heads together cost only a few runs
// of the network. The cuts to continue from are those at which heads in use are put together.
// To time a cut, the whole, its head and its tail run in turn, many times.
Result<Inspection> inspect(const model::Model& model, bool verify, bool time, const StepReport& told = {});

// Lists the cuts whose heads are held here.
std::string inspection_text(const std::string& name, const model::Model& model, const Inspection& seen, bool all);
std::string inspection_json(const std::string& name, const model::Model& model, const Inspection& seen);

}  // namespace tideline::print
