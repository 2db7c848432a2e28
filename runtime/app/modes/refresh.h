// Refresh: the steps of --profile --refresh up to a journal from which a table can be made.
//
// It measures a probe beside the journal (FILE.probe, removed at the end), then what the probe shows to have changed,
// into a copy of the rest (FILE.refreshed). The journal itself stays as it is until replace_journal(). After a stop
// during the second step, a next refresh continues the copy.
#pragma once

#include "profiler/journal/journal.h"
#include "runtime/base/result.h"

#include <functional>
#include <optional>
#include <string>

namespace tideline::modes {

// Measures what a journal lacks. Returns false if it was stopped.
using MeasureRest = std::function<Result<bool>(journal::Journal&)>;

struct Refresh {
  enum class End { unchanged, measured, stopped };
  End end = End::unchanged;
  std::string told;                           // One sentence: what has changed, what is kept, what was measured.
  std::optional<journal::Journal> journal{};  // The refreshed one, if something was measured.
};

// `now` has the present model, machines, precisions and inputs. Returns invalid, naming the first difference, if the
// journal was measured with others, and if its campaign is not finished.
Result<Refresh> refresh(const std::string& samples, const journal::Context& now, const MeasureRest& measure);

// Puts the refreshed journal in place of the old one.
Result<void> replace_journal(const std::string& samples);

}  // namespace tideline::modes
