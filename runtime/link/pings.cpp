#include "runtime/link/pings.h"

#include "runtime/link/exchange_times.h"

#include <algorithm>
#include <random>
#include <utility>

namespace tideline::link {
namespace {

// Noise, so that nothing on the path can compress it.
Tensor noise(Bytes size) {
  std::vector<std::byte> bytes(size.count);
  std::minstd_rand random(1);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(size.count)}, bytes);
}

}  // namespace

Pings::Pings(FrameChannel& channel, const TcpLink::Options& options, std::atomic<std::uint64_t>& next_id)
    : channel_(channel), options_(options), next_id_(next_id), kept_alive_(Clock::now()) {}

bool Pings::is_due(TimePoint now, const OutstandingRequests& requests) const {
  const Duration since = now - kept_alive_;
  const bool late = since >= kShortestPatience && requests.has_overdue_tail(now);
  return (late || since >= options_.keepalive) && !keepalive_;
}

void Pings::keep_alive(TimePoint now) {
  kept_alive_ = now;
  send(keepalive_, {});
}

void Pings::probe(Bytes payload) {
  if (!probe_) send(probe_, std::min(payload, options_.limits.payload));
}

void Pings::send(std::optional<Ping>& slot, Bytes payload) {
  slot = Ping{next_id_++, payload, {}};
  wire::OutgoingFrame frame{wire::FrameType::probe, slot->id, {}, {}};
  frame.meta = [this, &slot](TimePoint now) {
    slot->sent = now - channel_.outbox().delay();  // The delay counts as part of the path.
    return std::optional<wire::FrameMeta>(std::in_place);
  };
  if (payload.count > 0) frame.payload.push_back(noise(payload));
  channel_.push(std::move(frame));
}

Result<std::optional<Duration>> Pings::settle(std::uint64_t id, const wire::Stamps& stamps) {
  for (std::optional<Ping>* slot : {&keepalive_, &probe_}) {
    if (!*slot || (*slot)->id != id || !(*slot)->sent) continue;
    const Ping ping = *std::exchange(*slot, std::nullopt);
    const Duration took = channel_.reader().heard() - *ping.sent;
    const Result<void> likely = check_stamps(stamps, {ping.payload, took});
    if (!likely) return likely.error();
    const Duration rtt = took - stamps.residence;
    const bool known = ping.payload.count == 0 && rtt > Duration{};
    return known ? std::optional(rtt) : std::nullopt;
  }
  return error(ErrorKind::corrupt, "the cloud echoed probe {}, which is not outstanding", id);
}

}  // namespace tideline::link
