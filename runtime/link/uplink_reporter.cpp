#include "runtime/link/uplink_reporter.h"

#include "runtime/link/uplink_estimate.h"

#include <utility>

namespace tideline::link {

UplinkReporter::UplinkReporter(FrameChannel& channel, const OutstandingRequests& requests, LinkListener* listener,
                               Duration rtt_interval)
    : channel_(channel), requests_(requests), listener_(listener), rtt_interval_(rtt_interval), timed_(Clock::now()) {}

wire::Task<> UplinkReporter::until_busy() {
  while (requests_.empty() && channel_.is_flushed()) {
    tell({.uplink = {}, .rtt = {}, .at = Clock::now(), .uploading = false});
    co_await channel_.until_pushed();
  }
}

void UplinkReporter::look() {
  const std::optional<wire::TcpState> now = channel_.tcp();
  if (!now) return;
  const bool uploaded = channel_.outbox().idle() && now->outstanding.count == 0;
  plan::LinkSample seen = watch_.look(*now).value_or(plan::LinkSample{.at = now->at});
  seen.window = now->window;
  seen.uploading = !uploaded;
  tell(seen);
  tell_held(now->at, uploaded);
}

// Reports how long the cloud has held a tail. An acknowledgement leaves the cloud when the last byte arrives, an answer
// when the tail ends: the time between them is the same here and there. Of several tails it reports the first.
void UplinkReporter::tell_held(TimePoint now, bool uploaded) {
  const bool settled = std::exchange(settled_, requests_.settled()) != requests_.settled();
  if (settled) held_since_.reset();
  const wire::TailRequest* const tail = requests_.first_tail();
  if (!uploaded || !tail) return held_since_.reset();
  if (!held_since_) held_since_ = now;
  if (now == *held_since_) return;
  tell({.uplink = {},
        .rtt = {},
        .at = now,
        .tail = plan::ObservedTail{tail->plan, tail->batch, now - *held_since_, {}, true}});
}

void UplinkReporter::tell_upload(const wire::Stamps& stamps, std::optional<Duration> rtt) const {
  const UplinkEstimate told = estimate_uplink(stamps);
  const std::optional<Duration> stall = told.stall > Duration{} ? std::optional(told.stall) : std::nullopt;
  std::optional<Bytes> window;
  if (rtt) {  // A keepalive: the next request would start with the same window.
    if (const std::optional<wire::TcpState> now = channel_.tcp()) window = now->window;
  }
  tell({.uplink = told.rate, .rtt = rtt, .at = channel_.reader().heard(), .window = window, .stall = stall});
}

void UplinkReporter::tell_late(const wire::TailRequest& request, const wire::Stamps& stamps) const {
  const plan::ObservedTail tail{request.plan, request.batch, stamps.decode + stamps.run, stamps.queue};
  tell({.uplink = {}, .rtt = {}, .at = channel_.reader().heard(), .tail = tail});
}

void UplinkReporter::tell_least_rtt() {
  if (Clock::now() - timed_ < rtt_interval_) return;
  timed_ = Clock::now();
  const std::optional<wire::TcpState> now = channel_.tcp();
  if (now && now->least_rtt) tell({.rtt = *now->least_rtt + channel_.outbox().delay(), .at = now->at});
}

void UplinkReporter::tell(const plan::LinkSample& sample) const {
  if (listener_ && (sample.uplink || sample.rtt || sample.stall || sample.window || sample.uploading || sample.tail))
    listener_->on_sample(sample);
}

}  // namespace tideline::link
