// The files of profiler/report/ at build time.
#pragma once

#include <string_view>

namespace tideline::report {

extern const std::string_view kReportPage;    // HTML with placeholders, {{name}}.
extern const std::string_view kReportStyle;   // CSS
extern const std::string_view kReportScript;  // JavaScript

}  // namespace tideline::report
