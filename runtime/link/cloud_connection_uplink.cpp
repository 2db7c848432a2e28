// CloudConnection's measurements of its uplink.
#include "runtime/link/cloud_connection.h"
#include "runtime/link/uplink_estimate.h"

#include <algorithm>
#include <utility>

namespace tideline::link {

// Rests while no upload runs and no answer is outstanding, so that an idle link costs nothing.
wire::Task<> CloudConnection::follow() {
  for (;;) {
    while (outbox_.idle() && owed_.empty() && wire::unacknowledged(stream_.socket()).count == 0) {
      following_ = false;
      tell({.uplink = {}, .rtt = {}, .at = Clock::now(), .uploading = false});
      asio::error_code ignored;
      co_await upload_.async_wait(wire::into(ignored));
    }
    co_await wire::sleep_for(UplinkWatch::kInterval);
    keep_alive();
    std::optional<Error> over = look_after_peer(Clock::now());
    if (over) co_return end(std::move(*over));
    const std::optional<wire::TcpState> now = wire::read_tcp_state(stream_.socket().native_handle());
    if (!now) continue;
    plan::LinkSample seen = watch_.look(*now).value_or(plan::LinkSample{.at = now->at});
    seen.window = now->window;
    seen.uploading = !outbox_.idle() || now->outstanding.count > 0;
    tell(seen);
    tell_held(now->at, outbox_.idle() && now->outstanding.count == 0);
  }
}

// Reports how long the cloud has held a tail. An acknowledgement leaves the cloud when the last byte arrives, an answer
// when the tail ends: the time between them is the same here and there. Of several tails it reports the first.
void CloudConnection::tell_held(TimePoint now, bool uploaded) {
  const auto first = std::ranges::find_if(
      owed_, [](const auto& owed) { return std::holds_alternative<wire::TailRequest>(owed.second->request); });
  if (!uploaded || first == owed_.end()) return held_since_.reset();
  if (!held_since_) held_since_ = now;
  if (now == *held_since_) return;
  const auto& tail = std::get<wire::TailRequest>(first->second->request);
  tell({.uplink = {},
        .rtt = {},
        .at = now,
        .tail = plan::ObservedTail{tail.plan, tail.batch, now - *held_since_, {}, true}});
}

void CloudConnection::tell_late(const wire::TailRequest& request, const wire::Stamps& stamps) const {
  const plan::ObservedTail tail{request.plan, request.batch, stamps.decode + stamps.run, stamps.queue};
  tell({.uplink = {}, .rtt = {}, .at = reader_.heard(), .tail = tail});
}

void CloudConnection::push(wire::OutgoingFrame frame) {
  outbox_.push(std::move(frame));
  if (!std::exchange(following_, true)) upload_.cancel();
}

void CloudConnection::tell(const plan::LinkSample& sample) const {
  if (setting_.listener &&
      (sample.uplink || sample.rtt || sample.stall || sample.window || sample.uploading || sample.tail))
    setting_.listener->on_sample(sample);
}

void CloudConnection::tell_upload(const wire::Stamps& stamps, std::optional<Duration> rtt) const {
  const UplinkEstimate told = estimate_uplink(stamps);
  const std::optional<Duration> stall = told.stall > Duration{} ? std::optional(told.stall) : std::nullopt;
  std::optional<Bytes> window;
  if (rtt) {  // A keepalive: the next request would start with the same window.
    const std::optional<wire::TcpState> now = wire::read_tcp_state(stream_.socket().native_handle());
    if (now) window = now->window;
  }
  tell({.uplink = told.rate, .rtt = rtt, .at = reader_.heard(), .window = window, .stall = stall});
}

// Reports TCP's own round trip, for times when a keepalive would wait behind this side's bytes.
void CloudConnection::tell_least_rtt() {
  if (Clock::now() - timed_ < setting_.options.keepalive) return;
  timed_ = Clock::now();
  const std::optional<wire::TcpState> now = wire::read_tcp_state(stream_.socket().native_handle());
  if (now && now->least_rtt) tell({.rtt = *now->least_rtt + outbox_.delay(), .at = now->at});
}

}  // namespace tideline::link
