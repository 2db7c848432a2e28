// CloudConnection's detection of a dead or silent cloud, and its reaction.
#include "runtime/link/cloud_connection.h"

#include <algorithm>
#include <random>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(1);
constexpr Duration kShortestPatience = std::chrono::milliseconds(250);  // Less may be a scheduler's delay.

// Noise, so that nothing on the path can compress it.
Tensor noise(Bytes size) {
  std::vector<std::byte> bytes(size.count);
  std::minstd_rand random(1);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(size.count)}, bytes);
}

}  // namespace

// Checks four times per interval, which is exact enough for keepalives and dead peers.
wire::Task<> CloudConnection::watch() {
  const Duration shorter = std::min(setting_.options.keepalive, setting_.options.dead_after);
  std::optional<Error> over;
  while (!over) {
    keep_alive();
    co_await wire::sleep_for(std::max(kShortestLook, shorter / 4));
    over = look_after_peer(Clock::now());
  }
  end(std::move(*over));
}

// While an upload progresses, the peer need not send anything: a long upload has no answer before its end. After the
// upload, acknowledgements of the peer's kernel do not show that its program runs.
std::optional<Error> CloudConnection::look_after_peer(TimePoint now) {
  const Bytes outstanding = std::min(wire::unacknowledged(stream_.socket()), outbox_.written());
  const Bytes acknowledged{outbox_.written().count - outstanding.count};
  const bool uploading = !outbox_.idle() || outstanding.count > 0;
  const bool owed = !owed_.empty() || keepalive_ || probe_;
  if (!owed || (uploading && acknowledged != acknowledged_)) moved_ = now;
  acknowledged_ = acknowledged;
  life_.look(came(), now);
  const Duration quiet = now - std::max(moved_, life_.last());
  if (quiet > setting_.options.dead_after) return death(now);
  if (const auto since = reader_.frame_since(); since && now - *since > setting_.options.limits.slow_frame)
    return error(ErrorKind::corrupt, "a frame from the cloud did not end within {}",
                 to_string(setting_.options.limits.slow_frame));
  if (!silent_ && is_silent(now, uploading)) fall_silent(now);
  return std::nullopt;
}

Error CloudConnection::death(TimePoint now) const {
  const Duration after = setting_.options.dead_after;
  if (const auto since = reader_.frame_since(); since && now - *since > after)
    return error(ErrorKind::corrupt, "a frame from the cloud came too slowly: less than {} within {}",
                 to_string(wire::Liveness::kEnough), to_string(after));
  return error(ErrorKind::unavailable, "no sign of life from the cloud for {}", to_string(after));
}

// A cloud answers keepalives at once, whatever its tails do. No answer means a stopped program or an outage of the
// path. If a request has already missed its deadline, this is assumed sooner.
bool CloudConnection::is_silent(TimePoint now, bool uploading) const {
  const bool late = someone_waited_in_vain(now);
  const bool asked = keepalive_ && keepalive_->sent;
  if (!asked && !late) return false;
  const std::optional<wire::TcpState> tcp = wire::read_tcp_state(stream_.socket().native_handle());
  const Duration rtt = (tcp ? tcp->rtt : Duration{}) + outbox_.delay();
  const Duration patience = std::max(kShortestPatience, 4 * rtt);
  const Duration longest = late ? patience : std::max(2 * setting_.options.keepalive, patience);
  if (asked && now - std::max(*keepalive_->sent, life_.last()) > longest) return true;
  return late && uploading && now - std::max(moved_, life_.last()) > 2 * patience;
}

bool CloudConnection::someone_waited_in_vain(TimePoint now) const {
  return std::ranges::any_of(owed_, [now](const auto& owed) {
    const auto* const tail = std::get_if<wire::TailRequest>(&owed.second->request);
    return tail && owed.second->sent && tail->deadline <= now;
  });
}

// From now on requests proceed without the cloud, including those that it has not answered in time.
void CloudConnection::fall_silent(TimePoint now) {
  silent_ = true;
  const Error why = error(ErrorKind::unavailable, "the cloud at {} does not respond, not even to a keepalive",
                          to_string(setting_.options.peer));
  setting_.on_silence(now - life_.last());
  if (!someone_waited_in_vain(now)) return;
  for (const auto& [id, exchange] : owed_) {
    if (!std::holds_alternative<wire::TailRequest>(exchange->request) || !exchange->sent) continue;
    exchange->fail(why);
    exchange->abandoned = true;
  }
}

// A complete frame shows that its sender is running.
void CloudConnection::note_speech() {
  life_.frame_ended(came(), reader_.heard());
  if (std::exchange(silent_, false)) setting_.on_speech();
}

// Only into an empty uplink, so that it measures the path and not this side's queue. Until then, progress of the upload
// suffices. More often while a request is late, to find out whether the cloud still responds.
void CloudConnection::keep_alive() {
  const TimePoint now = Clock::now();
  const bool late = now - kept_alive_ >= kShortestPatience && someone_waited_in_vain(now);
  const bool due = late || now - kept_alive_ >= setting_.options.keepalive;
  if (!due || keepalive_ || leaving_) return;
  if (!outbox_.idle() || wire::unacknowledged(stream_.socket()).count > 0) return tell_least_rtt();
  kept_alive_ = now;
  ping(keepalive_, {});
}

void CloudConnection::probe(Bytes payload) {
  if (probe_ || leaving_) return;
  ping(probe_, std::min(payload, setting_.options.limits.payload));
}

void CloudConnection::ping(std::optional<Ping>& slot, Bytes payload) {
  slot = Ping{setting_.next_id++, payload, {}};
  wire::OutgoingFrame frame{wire::FrameType::probe, slot->id, {}, {}};
  frame.meta = [this, &slot](TimePoint now) {
    slot->sent = now - outbox_.delay();  // The delay counts as part of the path.
    return std::optional<wire::FrameMeta>(std::in_place);
  };
  if (payload.count > 0) frame.payload.push_back(noise(payload));
  push(std::move(frame));
}

}  // namespace tideline::link
