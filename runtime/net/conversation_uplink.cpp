// How a Conversation looks after its uplink, from this side.
#include "runtime/net/conversation.h"
#include "runtime/net/uplink_rate.h"

#include <utility>

namespace tideline {

// Rests while nothing is on its way, so that an idle link costs nothing.
Task<> Conversation::follow() {
  for (;;) {
    while (outbox_.idle() && unacknowledged(stream_.socket()).count == 0) {
      following_ = false;
      asio::error_code ignored;
      co_await upload_.async_wait(into(ignored));
    }
    co_await sleep_for(UplinkWatch::kInterval);
    const std::optional<TcpState> now = read_tcp_state(stream_.socket().native_handle());
    if (!now) continue;
    LinkSample seen = watch_.look(*now).value_or(LinkSample{.at = now->at});
    seen.window = now->window;
    tell(seen);
  }
}

void Conversation::push(OutgoingFrame frame) {
  outbox_.push(std::move(frame));
  if (!std::exchange(following_, true)) upload_.cancel();
}

void Conversation::tell(const LinkSample& sample) const {
  if (setting_.listener && (sample.uplink || sample.rtt || sample.stall || sample.window))
    setting_.listener->on_sample(sample);
}

void Conversation::tell_upload(const Stamps& stamps, std::optional<Duration> rtt) const {
  const UploadTold told = told_by(stamps);
  const std::optional<Duration> stall = told.stall > Duration{} ? std::optional(told.stall) : std::nullopt;
  std::optional<Bytes> window;
  if (rtt) {  // A keepalive: the next request would begin as it did.
    const std::optional<TcpState> now = read_tcp_state(stream_.socket().native_handle());
    if (now) window = now->window;
  }
  tell({.uplink = told.rate, .rtt = rtt, .at = reader_.heard(), .window = window, .stall = stall});
}

// The round trip as TCP has seen it: where no keepalive gets through without waiting behind our own bytes.
void Conversation::tell_least_rtt() {
  if (Clock::now() - timed_ < setting_.options.keepalive) return;
  timed_ = Clock::now();
  const std::optional<TcpState> now = read_tcp_state(stream_.socket().native_handle());
  if (now && now->least_rtt) tell({.rtt = *now->least_rtt + outbox_.delay(), .at = now->at});
}

}  // namespace tideline
