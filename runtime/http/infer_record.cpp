#include "runtime/http/infer_record.h"

#include "runtime/http/latency_window.h"
#include "runtime/http/metrics.h"
#include "runtime/http/statistics.h"

namespace tideline::http {

void InferRecord::served(const engine::InferResult& served, HttpResponse& answer) {
  const TimePoint done = Clock::now();
  serving_.metrics.on_served(serving_.engine.name(), served);
  if (serving_.latest) serving_.latest->on_served(served);
  serving_.statistics.on_success(served, {taken_ - received_, parsed_ - taken_, done - inferred_, done - received_});
  answer.notes = {{"model", serving_.engine.name()},
                  {"placement", std::string(name(served.placement))},
                  {"cut", std::to_string(served.plan.cut)},
                  {"codec", std::string(name(served.plan.codec))}};
}

HttpResponse InferRecord::failed(const Error& why) {
  count_failure(why.kind);
  return noted(error_reply(why, form_));
}

HttpResponse InferRecord::unsupported(std::string_view why) {
  count_failure(ErrorKind::invalid);
  return noted(error_reply(415, why, form_));
}

HttpResponse InferRecord::noted(HttpResponse answer) const {
  answer.notes = {{"model", serving_.engine.name()}};
  return answer;
}

void InferRecord::count_failure(ErrorKind kind) {
  serving_.metrics.on_failed(serving_.engine.name(), kind);
  serving_.statistics.on_failure(age());
}

}  // namespace tideline::http
