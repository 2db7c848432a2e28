// TraceContext: the trace that a request belongs to, by its header `traceparent` (W3C Trace Context). Pure.
//
// Source: https://www.w3.org/TR/trace-context/, 3.2.2 and 4.3. Example:
// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

inline constexpr std::size_t kTraceparentSize = 55;  // Of version 00.

// Returns the value as version 00 writes it, to be passed on. Returns nothing if it does not have the form of the
// standard, as if the header were missing. Of a later version than 00, its known front part is read, as the standard
// says, and of its flags only `sampled` is kept.
std::optional<std::string> traceparent_of(std::string_view header);

// Returns true iff `text` is a traceparent of version 00.
bool is_traceparent(std::string_view text);

// Returns the 32 hex digits of the trace's id. REQUIRES: is_traceparent(traceparent).
std::string trace_id_of(std::string_view traceparent);

}  // namespace tideline
