// TraceContext: the trace that a request belongs to, by its header `traceparent` (W3C Trace Context). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

// Returns the 32 hex digits of the trace's id. Returns nothing if the value does not have the form of the standard, as
// if the header were missing: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Of a later version than 00,
// its known front part is read, as the standard says. Source: https://www.w3.org/TR/trace-context/, 3.2.2 and 4.3.
std::optional<std::string> trace_id_of(std::string_view traceparent);

}  // namespace tideline::http
