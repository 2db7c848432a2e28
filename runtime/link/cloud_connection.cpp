#include "runtime/link/cloud_connection.h"

#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(1);

}  // namespace

CloudConnection::CloudConnection(wire::Stream& stream, ConnectionSetting setting)
    : stream_(stream),
      setting_(std::move(setting)),
      channel_(stream, setting_.options.limits),
      requests_(channel_),
      pings_(channel_, setting_.options, setting_.next_id),
      liveness_({channel_, requests_, pings_}, setting_.options),
      uplink_(channel_, requests_, setting_.listener, setting_.options.keepalive),
      dispatch_({channel_, requests_, pings_, uplink_}, setting_) {}

CloudConnection::~CloudConnection() {
  setting_.mark->close();
  const std::string why = why_ ? why_->message : "the link was closed";
  requests_.fail_all(
      error(ErrorKind::unavailable, "the connection to {} broke: {}", to_string(setting_.options.peer), why));
}

wire::Task<Result<wire::Welcome>> CloudConnection::greet(std::string edge) {
  const wire::FrameMeta head = encode(wire::Hello{std::move(edge)});
  const auto header = encode(wire::FrameHeader{wire::FrameType::hello, 0, static_cast<std::uint32_t>(head.size()), 0});
  std::vector<asio::const_buffer> parts{asio::buffer(header), asio::buffer(head)};
  const asio::error_code problem = co_await stream_.write_all(std::move(parts));
  if (problem) co_return error(ErrorKind::unavailable, "{}", wire::words_for(problem));

  const Result<wire::ReceivedFrame> frame = co_await channel_.reader().next();
  if (!frame) co_return frame.error();
  if (frame->header.type == wire::FrameType::refusal) {
    const Result<wire::Refusal> refusal = wire::decode_refusal(frame->meta);
    co_return refusal ? refusal->why.within("the cloud refused this edge") : refusal.error();
  }
  if (frame->header.type != wire::FrameType::welcome || frame->header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "the cloud did not answer the greeting with a welcome");
  }
  co_return wire::decode_welcome(frame->meta);
}

wire::Task<Error> CloudConnection::talk() {
  using namespace asio::experimental::awaitable_operators;
  const auto on_throw = [this](const std::string& what) { end(error(ErrorKind::internal, "{}", what)); };
  co_await (wire::guarded(listen(), on_throw) || wire::guarded(write(), on_throw) || wire::guarded(watch(), on_throw) ||
            wire::guarded(follow(), on_throw));
  co_return why_.value_or(error(ErrorKind::unavailable, "the link was closed"));
}

void CloudConnection::end(Error why) {
  if (!why_) why_ = std::move(why);
}

wire::Task<> CloudConnection::listen() {
  while (!dispatch_.is_leaving() || !requests_.empty()) {
    const Result<wire::ReceivedFrame> frame = co_await channel_.reader().next();
    if (!frame) co_return end(frame.error());
    const Result<void> taken = co_await dispatch_.take(*frame);
    if (!taken) co_return end(taken.error());
    if (liveness_.frame_ended()) setting_.on_speech();
    keep_alive();
  }
  end(error(ErrorKind::unavailable, "the cloud said goodbye"));
}

wire::Task<> CloudConnection::write() {
  const Error broken = co_await channel_.write();
  end(broken);
}

// Checks four times per interval, which is exact enough for keepalives and dead peers.
wire::Task<> CloudConnection::watch() {
  const Duration shorter = std::min(setting_.options.keepalive, setting_.options.dead_after);
  std::optional<Error> over;
  while (!over) {
    keep_alive();
    co_await wire::sleep_for(std::max(kShortestLook, shorter / 4));
    over = look_after_cloud(Clock::now());
  }
  end(std::move(*over));
}

wire::Task<> CloudConnection::follow() {
  for (;;) {
    co_await uplink_.until_busy();
    co_await wire::sleep_for(UplinkWatch::kInterval);
    keep_alive();
    std::optional<Error> over = look_after_cloud(Clock::now());
    if (over) co_return end(std::move(*over));
    uplink_.look();
  }
}

// Only into an empty uplink, so that it measures the path and not this side's queue. Until then, progress of the upload
// suffices.
void CloudConnection::keep_alive() {
  const TimePoint now = Clock::now();
  if (dispatch_.is_leaving() || !pings_.is_due(now, requests_)) return;
  if (!channel_.is_flushed()) return uplink_.tell_least_rtt();
  pings_.keep_alive(now);
}

std::optional<Error> CloudConnection::look_after_cloud(TimePoint now) {
  CloudLiveness::Verdict verdict = liveness_.look(now);
  if (verdict.fell_silent) proceed_without_cloud(now);
  return std::move(verdict.over);
}

// From now on requests proceed without the cloud, including those that it has not answered in time.
void CloudConnection::proceed_without_cloud(TimePoint now) {
  setting_.on_silence(now - liveness_.last());
  if (!requests_.has_overdue_tail(now)) return;
  requests_.fail_sent_tails(error(ErrorKind::unavailable, "the cloud at {} does not respond, not even to a keepalive",
                                  to_string(setting_.options.peer)));
}

void CloudConnection::probe(Bytes payload) {
  if (!dispatch_.is_leaving()) pings_.probe(payload);
}

void CloudConnection::submit(const std::shared_ptr<Exchange>& exchange) {
  if (dispatch_.is_leaving()) {
    exchange->fail(error(ErrorKind::unavailable, "the cloud at {} said goodbye and takes no more requests",
                         to_string(setting_.options.peer)));
    return;
  }
  if (!can_be_read(*exchange)) {
    exchange->fail(error(ErrorKind::no_reference, "the connection to {} is not the one that holds the reference",
                         to_string(setting_.options.peer)));
    return;
  }
  requests_.submit(exchange);
}

bool CloudConnection::can_be_read(const Exchange& exchange) const {
  const auto* const tail = std::get_if<wire::TailRequest>(&exchange.request);
  return !tail || !tail->is_difference() || tail->home == setting_.mark;
}

}  // namespace tideline::link
