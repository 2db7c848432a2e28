// Inspection: what can be said of a model's cuts: what crosses, whether each is exact, how long its parts take.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/model/api/model.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

struct CutCheck {
  bool exact = true;         // Head then tail gave the whole's output, bit for bit.
  double max_abs_error = 0;  // Over all elements of all outputs.
};

struct CutTimes {
  Duration head{};  // Medians.
  Duration tail{};
  double over_whole = 0;  // Median of (head + tail) / whole, each measured beside its whole.
};

struct Inspection {
  std::vector<CutCheck> checks;        // One per cut, or none.
  std::vector<CutTimes> times;         // One per cut, or none.
  Duration whole{};                    // Median; zero when not timed.
  Bytes resident_whole;                // Of the process after a run of the whole, before any head or tail ran.
  Bytes resident_all_cuts;             // The same after head and tail of every cut ran; zero when they did not.
  std::optional<Agreement> agreement;  // Of the whole with the whole in fp32; absent where it is that.
};

// What is told of long work: so many of so many steps are done.
struct InspectionStep {
  std::string doing;  // "verify cuts"
  std::size_t done = 0;
  std::size_t total = 0;
};
using StepReport = std::function<void(const InspectionStep&)>;

// Checks and times every cut, as asked.
// A check compares two ways, bit for bit: the whole at once, and the tail of what crosses at the cut. That is made by
// going on from a cut before it, at most eight cuts earlier, so that all heads together take a few runs of the network;
// cuts that are gone on from are those of which heads are put together in use.
// To time a cut, the whole, its head and its tail run in turn, again and again.
Result<Inspection> inspect(const Model& model, bool verify, bool time, const StepReport& told = {});

// Lists the cuts that are held here.
std::string inspection_text(const std::string& name, const Model& model, const Inspection& seen, bool all);
std::string inspection_json(const std::string& name, const Model& model, const Inspection& seen);

}  // namespace tideline
