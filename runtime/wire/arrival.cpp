#include "runtime/wire/arrival.h"

#include <algorithm>

namespace tideline::wire {
namespace {

constexpr Bytes kMostUncounted = 64_KiB;

}  // namespace

ArrivalMeter::ArrivalMeter(Bytes size, TimePoint now) : uncounted_{std::min(kMostUncounted.count, size.count / 2)} {
  arrival_.last = now;
}

void ArrivalMeter::add(Bytes bytes, TimePoint at, Bytes waiting) {
  const Duration gap = at - arrival_.last;
  arrival_.last = at;
  if (!start_) {
    uncounted_.count -= std::min(uncounted_.count, bytes.count);
    if (uncounted_.count > 0) return;
    start_ = at;
    waiting_ = waiting;
    return;
  }
  const std::uint64_t waited = std::min(waiting_.count, bytes.count);
  waiting_.count -= waited;
  bytes.count -= waited;
  arrival_.counted.count += bytes.count;
  arrival_.receiving = at - *start_;
  if (gap < kSilence) return;
  arrival_.silence += gap;
  arrival_.after_silence.count += bytes.count;
}

}  // namespace tideline::wire
