#include "runtime/link/exchange_times.h"

namespace tideline::link {
namespace {

constexpr Duration kReading = std::chrono::milliseconds(1);  // Reading error of both clocks.
constexpr int kSpeed = 100;

}  // namespace

Result<void> check_stamps(const wire::Stamps& stamps, const ExchangeTimes& seen) {
  if (stamps.counted > seen.payload)
    return error(ErrorKind::corrupt, "the cloud counted {} of a request of {}", to_string(stamps.counted),
                 to_string(seen.payload));
  const Duration most = seen.took + seen.took / kSpeed + kReading;
  const Duration told =
      stamps.receiving + stamps.residence;  // They follow each other; both are bounded (kLongestStamp).
  if (told > most)
    return error(ErrorKind::corrupt, "the cloud reports {} of an exchange of {}", to_string(told),
                 to_string(seen.took));
  return {};
}

}  // namespace tideline::link
