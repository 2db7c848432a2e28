// Whatever is fed to the trace's parser: it does not crash, and what it accepts adds up, and is written and read back
// to nearly the same.
#include "policy/replay/trace_csv.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tideline::replay::Trace;
  const auto trace = tideline::replay::parse_trace({reinterpret_cast<const char*>(data), size});
  if (!trace) {
    if (trace.error().message.empty()) std::abort();
    return 0;
  }
  const auto again = tideline::replay::parse_trace(to_csv(*trace));
  if (again && again->rows().size() != trace->rows().size()) std::abort();
  const double length = trace->length();
  for (const double from : {0.0, length / 3, length, 2.5 * length}) {
    if (!(trace->at(from) >= 0) || !(trace->integral(from, from + length) >= 0)) std::abort();
    if (trace->mean() > 0 && !(trace->reach(from, 1000) >= from)) std::abort();
    if (!(trace->zero_time(from, from + length) >= 0) || !(trace->zero_since(from) >= 0)) std::abort();
  }
  return 0;
}
