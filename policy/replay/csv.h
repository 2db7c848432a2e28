// Csv: lines and numbers of this room's CSV files.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <string_view>

namespace tideline::replay {

// Takes the first line off `text` and returns it without its end, LF or CR LF.
std::string_view take_line(std::string_view& text);

// Returns a finite number; invalid if `text` is none, or if it is empty: then `what` is missing.
Result<double> csv_number(std::string_view text, std::string_view what);

}  // namespace tideline::replay
