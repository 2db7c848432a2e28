#include "runtime/http/trace_context.h"

#include <algorithm>
#include <cstddef>

namespace tideline::http {
namespace {

constexpr std::size_t kTraceId = 3, kTraceIdSize = 32;  // After "00-".
constexpr std::size_t kParentId = 36, kParentIdSize = 16;
constexpr std::size_t kFlags = 53, kFlagsSize = 2;
constexpr std::size_t kTraceparent = kFlags + kFlagsSize;

// Capital letters are invalid there.
bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<std::string> trace_id_of(std::string_view value) {
  if (value.size() < kTraceparent || value[2] != '-' || value[kParentId - 1] != '-' || value[kFlags - 1] != '-')
    return std::nullopt;
  const std::string_view version = value.substr(0, 2);
  const std::string_view trace = value.substr(kTraceId, kTraceIdSize);
  const std::string_view parent = value.substr(kParentId, kParentIdSize);
  if (!is_hex(version) || version == "ff") return std::nullopt;
  if (value.size() > kTraceparent && (version == "00" || value[kTraceparent] != '-')) return std::nullopt;
  if (!is_hex(trace) || is_zero(trace) || !is_hex(parent) || is_zero(parent)) return std::nullopt;
  if (!is_hex(value.substr(kFlags, kFlagsSize))) return std::nullopt;
  return std::string(trace);
}

}  // namespace tideline::http
