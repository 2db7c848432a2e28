#include "runtime/link/peer.h"

#include <algorithm>

namespace tideline::link {
namespace {

constexpr double kNewest = 0.25;  // Weight of the newest reading.

Duration transfer_time(const wire::TailRequest& request, BitsPerSecond uplink) {
  double bits = 0;
  for (const Tensor& tensor : request.wire) bits += 8 * static_cast<double>(tensor.bytes().size());
  constexpr double kLongest = 3600;  // Seconds; a longer time makes no difference.
  return from_seconds(uplink.value > 0 ? std::min(bits / uplink.value, kLongest) : kLongest);
}

// A lower bound can only raise the estimate.
BitsPerSecond after(const std::optional<BitsPerSecond>& known, const plan::Rate& seen) {
  if (!known) return seen.value;
  const double change = seen.value.value - known->value;
  return change > 0 || seen.exact ? BitsPerSecond{known->value + kNewest * change} : *known;
}

}  // namespace

void PeerReadings::on_sample(const plan::LinkSample& sample) {
  {
    const std::lock_guard lock(m_);
    if (sample.rtt)
      rtt_ = rtt_ ? *rtt_ + std::chrono::duration_cast<Duration>(kNewest * (*sample.rtt - *rtt_)) : *sample.rtt;
    if (sample.uplink) uplink_ = after(uplink_, *sample.uplink);
  }
  if (next_ && passed_on_) next_->on_sample(sample);
}

std::optional<Duration> PeerReadings::rtt() const {
  const std::lock_guard lock(m_);
  return rtt_;
}

std::optional<BitsPerSecond> PeerReadings::uplink() const {
  const std::lock_guard lock(m_);
  return uplink_;
}

std::size_t Peer::outstanding() const {
  std::size_t all = line.outstanding;
  for (const PeerConnection& old : leaving) all += old.outstanding;
  return all;
}

PeerConnection* Peer::find(std::uint64_t id) {
  if (line.id == id) return &line;
  const auto old = std::ranges::find(leaving, id, &PeerConnection::id);
  return old == leaving.end() ? nullptr : &*old;
}

LinkState Peer::state() const {
  LinkState state;
  state.peer = to_string(options.peer);
  state.why = "the link is closed";
  if (line.link) state = line.link->state();
  state.connects += connects_before;
  state.violations += violations_before;
  return state;
}

PeerLoad Peer::candidate(const wire::TailRequest& request, std::optional<Precision> precision, TimePoint now,
                         const HealthRule& rule) {
  PeerLoad seen;
  const auto connection = line.link ? line.link->serving(request.plan.model, precision) : std::nullopt;
  seen.usable = connection.has_value();
  if (connection && *connection != line.connection) {
    line.connection = *connection;
    begin(health, now);
  }
  seen.outstanding = outstanding();
  seen.share = share(health, {seen.outstanding, request.priority}, now, rule);
  readings->pass_on(seen.usable && seen.share > 0);
  seen.rtt = readings->rtt();
  if (const auto uplink = readings->uplink()) seen.transfer = transfer_time(request, *uplink);
  if (const AnswerTimes* const known = answer_times(health, request.plan, now, rule)) {
    seen.queue = known->queue;
    seen.service = known->service;
  }
  return seen;
}

}  // namespace tideline::link
