// The file format of traces, CSV; policy/replay/README.md describes it. Thread-safe.
#pragma once

#include "policy/replay/trace.h"
#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline::replay {

// Returns invalid, naming the line, unless the text is a trace that Trace::make() takes.
Result<Trace> parse_trace(std::string_view csv);

std::string to_csv(const Trace& trace);

}  // namespace tideline::replay
