#include "profiler/journal/sample.h"

#include <utility>

namespace tideline::journal {

std::string_view name(Method method) {
  return method == Method::separable ? "separable" : "exhaustive";
}

Result<Method> parse_method(std::string_view text) {
  for (const Method method : {Method::exhaustive, Method::separable})
    if (text == name(method)) return method;
  return error(ErrorKind::invalid, "'{}' is not a method of measurement; use exhaustive or separable",
               text.substr(0, 60));
}

Measurements begun(Context context) {
  const std::size_t candidates = context.candidates.size(), cells = context.cells.size();
  Measurements measured{std::move(context), {}, {}, {}, {}, {}, {}, {}};
  measured.agreements.resize(candidates);
  measured.streams.resize(candidates);
  measured.imposed.resize(cells);
  measured.unreached.resize(cells);
  measured.finished.resize(cells);
  return measured;
}

}  // namespace tideline::journal
