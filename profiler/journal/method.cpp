#include "profiler/journal/sample.h"

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

}  // namespace tideline::journal
