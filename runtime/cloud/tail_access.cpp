#include "runtime/cloud/tail_access.h"

#include "runtime/base/log.h"
#include "runtime/base/trace_context.h"

#include <fmt/format.h>

namespace tideline::cloud {

std::string tail_line(const TailAccess& access) {
  std::string line =
      fmt::format("cloud: {} tail {}, {} bytes in, {} bytes out, {:.3f} ms waited, {:.3f} ms", access.edge,
                  access.result, access.received, access.sent, milliseconds(access.queue), milliseconds(access.took));
  if (!access.trace.empty()) line += fmt::format(", trace={}", trace_id_of(access.trace));
  return line + fmt::format(", model={}, cut={}, codec={}, priority={}", access.model, access.plan.cut,
                            name(access.plan.codec), access.priority);
}

std::string tail_fields(const TailAccess& access) {
  std::string fields =
      fmt::format(R"("tail":{},"received_bytes":{},"sent_bytes":{},"queue_ms":{:.3f},"ms":{:.3f},"edge":{})",
                  json_text(access.result), access.received, access.sent, milliseconds(access.queue),
                  milliseconds(access.took), json_text(access.edge));
  if (!access.trace.empty()) fields += fmt::format(R"(,"trace_id":{})", json_text(trace_id_of(access.trace)));
  return fields + fmt::format(R"(,"model":{},"cut":{},"codec":{},"priority":{})", json_text(access.model),
                              access.plan.cut, json_text(name(access.plan.codec)), access.priority);
}

}  // namespace tideline::cloud
