#include "runtime/base/trace_context.h"

#include <algorithm>
#include <cstddef>

namespace tideline {
namespace {

constexpr std::size_t kTraceId = 3, kTraceIdSize = 32;  // After "00-".
constexpr std::size_t kParentId = 36, kParentIdSize = 16;
constexpr std::size_t kTraceFlags = 53, kTraceFlagsSize = 2;

// Capital letters are invalid there.
bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_all_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

// Returns true iff the value begins with fields of the known form, whatever its version.
bool has_known_front(std::string_view value) {
  if (value.size() < kTraceparentSize) return false;
  if (value[kTraceId - 1] != '-' || value[kParentId - 1] != '-' || value[kTraceFlags - 1] != '-') return false;
  const std::string_view trace = value.substr(kTraceId, kTraceIdSize);
  const std::string_view parent = value.substr(kParentId, kParentIdSize);
  return is_lower_hex(trace) && !is_all_zero(trace) && is_lower_hex(parent) && !is_all_zero(parent) &&
         is_lower_hex(value.substr(kTraceFlags, kTraceFlagsSize));
}

bool is_sampled(std::string_view flags) {
  constexpr std::string_view kOdd = "13579bdf";
  return kOdd.find(flags[1]) != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view text) {
  return text.size() == kTraceparentSize && text.starts_with("00") && has_known_front(text);
}

std::optional<std::string> traceparent_of(std::string_view header) {
  if (is_traceparent(header)) return std::string(header);
  const std::string_view version = header.substr(0, 2);
  if (!has_known_front(header) || !is_lower_hex(version) || version == "00" || version == "ff") return std::nullopt;
  if (header.size() > kTraceparentSize && header[kTraceparentSize] != '-') return std::nullopt;
  std::string known("00");
  known += header.substr(2, kTraceFlags - 2);
  return known + (is_sampled(header.substr(kTraceFlags)) ? "01" : "00");
}

std::string trace_id_of(std::string_view traceparent) {
  return std::string(traceparent.substr(kTraceId, kTraceIdSize));
}

}  // namespace tideline
