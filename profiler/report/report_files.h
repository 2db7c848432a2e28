// The files of profiler/report/, as they were when this was built.
#pragma once

#include <string_view>

namespace tideline {

extern const std::string_view kReportPage;    // HTML with places to fill, as {{name}}.
extern const std::string_view kReportStyle;   // CSS
extern const std::string_view kReportScript;  // JavaScript

}  // namespace tideline
