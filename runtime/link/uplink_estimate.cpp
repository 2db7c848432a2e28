#include "runtime/link/uplink_estimate.h"

#include <algorithm>

namespace tideline::link {
namespace {

constexpr Duration kShortestStall = std::chrono::milliseconds(50);
constexpr Duration kWindow = std::chrono::milliseconds(250);
constexpr double kMostlyFull = 0.8;

plan::Rate rate_of(Bytes bytes, Duration took, bool exact) {
  return {BitsPerSecond{8 * static_cast<double>(bytes.count) / seconds(took)}, exact};
}

}  // namespace

UplinkEstimate estimate_uplink(const wire::Stamps& stamps) {
  UplinkEstimate told;
  const Bytes bytes = stamps.counted;
  const Duration took = stamps.receiving;
  if (stamps.silence > took || stamps.after_silence > bytes) return told;  // No valid cloud reports this.
  const Bytes steady{bytes.count - stamps.after_silence.count};
  if (stamps.silence > Duration{} && took > stamps.silence && steady >= kEnoughToTell) {
    const plan::Rate rest = rate_of(steady, took - stamps.silence, true);
    const Duration stall = stamps.silence - rest.value.time_for(stamps.after_silence);
    if (stall >= kShortestStall) {
      told.stall = stall;
    }
  }
  if (bytes < kEnoughToTell || took <= Duration{}) return told;
  told.rate = rate_of(bytes, std::max(took, kLongEnough), took >= kLongEnough && told.stall == Duration{});
  return told;
}

std::optional<plan::Rate> rate_between(const wire::TcpState& before, const wire::TcpState& after) {
  const Duration took = after.at - before.at;
  if (took < kWindow || after.acked.count < before.acked.count + kEnoughToTell.count) return std::nullopt;
  const Duration busy = after.busy - before.busy;
  const Duration held = after.held_by_peer - before.held_by_peer + after.held_by_buffer - before.held_by_buffer;
  const bool full = seconds(busy - held) >= kMostlyFull * seconds(took);
  return rate_of({after.acked.count - before.acked.count}, took, full && !after.starved);
}

}  // namespace tideline::link
