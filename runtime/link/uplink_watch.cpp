#include "runtime/link/uplink_watch.h"

#include "runtime/link/uplink_estimate.h"

#include <algorithm>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kPause = std::chrono::milliseconds(125);  // A longer pause may have been a short stall.

}  // namespace

std::optional<plan::LinkSample> UplinkWatch::look(const wire::TcpState& now) {
  if (now.outstanding.count == 0) {
    *this = {};
    return std::nullopt;
  }
  const std::optional<std::uint32_t> before = std::exchange(delivered_, now.delivered);
  const bool moved = before && now.delivered != *before;
  const TimePoint last = before ? moved_ : now.at;
  if (!before || moved) moved_ = now.at;
  plan::LinkSample sample{.at = now.at};
  if (now.at - moved_ > std::max(kPatience, 2 * now.rtt)) {
    window_.reset();
    sample.stall = now.at - moved_;
    return sample;
  }
  if (now.gap) window_.reset();
  if (!moved || now.gap) return std::nullopt;
  if (now.at - last > kPause + now.rtt) window_.reset();
  if (window_) sample.uplink = rate_between(*window_, now);
  if (!window_ || sample.uplink) window_ = now;
  return sample.uplink ? std::optional(sample) : std::nullopt;
}

}  // namespace tideline::link
