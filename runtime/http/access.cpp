#include "runtime/http/access.h"

#include "runtime/base/log.h"
#include "runtime/base/outside.h"

#include <fmt/format.h>

namespace tideline::http {
namespace {

constexpr std::size_t kShownInLog = 256;  // Bytes of a text from outside.

bool is_whole(std::string_view note) {
  return note == "cut";
}

std::string shown_in_log(std::string_view text) {
  return text.empty() ? "-" : outside_text(text, kShownInLog);
}

}  // namespace

std::string access_line(const Access& access) {
  std::string line =
      fmt::format("http: {} {} {} {}, {} bytes in, {} bytes out, {:.3f} ms", access.client, shown_in_log(access.method),
                  shown_in_log(access.path), access.status, access.received, access.sent, milliseconds(access.took));
  if (!access.trace.empty()) line += fmt::format(", trace={}", access.trace);
  for (const auto& [name, value] : access.notes) line += fmt::format(", {}={}", name, shown_in_log(value));
  return line;
}

std::string access_fields(const Access& access) {
  std::string fields;
  if (!access.method.empty()) fields += fmt::format(R"("method":{},)", json_text(access.method, kShownInLog));
  if (!access.path.empty()) fields += fmt::format(R"("path":{},)", json_text(access.path, kShownInLog));
  fields += fmt::format(R"("status":{},"received_bytes":{},"sent_bytes":{},"ms":{:.3f},"client":{})", access.status,
                        access.received, access.sent, milliseconds(access.took), json_text(access.client, kShownInLog));
  if (!access.trace.empty()) fields += fmt::format(R"(,"trace_id":{})", json_text(access.trace, kShownInLog));
  for (const auto& [name, value] : access.notes)
    fields += fmt::format(R"(,"{}":{})", name, is_whole(name) ? value : json_text(value, kShownInLog));
  return fields;
}

}  // namespace tideline::http
