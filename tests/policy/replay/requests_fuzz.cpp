// Whatever is fed to the parser of requests: it does not crash, and the times that it accepts are in order and in
// range.
#include "policy/replay/arrivals.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tideline::replay;
  const auto times = parse_requests({reinterpret_cast<const char*>(data), size});
  if (!times) {
    if (times.error().message.empty()) std::abort();
    return 0;
  }
  if (times->empty() || !std::ranges::is_sorted(*times)) std::abort();
  if (!(times->front() >= 0) || !(times->back() <= kLongestTrace)) std::abort();
  if (const auto rate = mean_rate(*times); rate && !(*rate > 0)) std::abort();
  return 0;
}
