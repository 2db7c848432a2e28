#include "runtime/link/frame_channel.h"

#include <utility>

namespace tideline::link {

FrameChannel::FrameChannel(wire::Stream& stream, const wire::Limits& limits)
    : stream_(stream),
      reader_(stream, limits, received_),
      outbox_(stream),
      pushed_(stream.get_executor(), TimePoint::max()) {}

void FrameChannel::push(wire::OutgoingFrame frame) {
  outbox_.push(std::move(frame));
  if (std::exchange(awaited_, false)) pushed_.cancel();
}

wire::Task<> FrameChannel::until_pushed() {
  awaited_ = true;
  asio::error_code ignored;
  co_await pushed_.async_wait(wire::into(ignored));
}

bool FrameChannel::is_flushed() const {
  return outbox_.idle() && unacknowledged().count == 0;
}

std::optional<wire::TcpState> FrameChannel::tcp() const {
  return wire::read_tcp_state(stream_.socket().native_handle());
}

}  // namespace tideline::link
