// Inspection: what can be said of a model's cuts: what crosses, whether each is exact, how long its parts take.
#pragma once

#include "policy/agreement.h"
#include "runtime/base/result.h"
#include "runtime/model/model.h"

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

// Checks and times every cut, as asked. Of each cut the whole, its head and its tail run in turn, again and again.
Result<Inspection> inspect(const Model& model, bool verify, bool time);

// Lists the cuts that are held here.
std::string inspection_text(const std::string& name, const Model& model, const Inspection& seen, bool all);
std::string inspection_json(const std::string& name, const Model& model, const Inspection& seen);

}  // namespace tideline
