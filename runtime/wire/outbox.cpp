#include "runtime/wire/outbox.h"

#include <algorithm>
#include <utility>

namespace tideline::wire {

OutgoingFrame plain_frame(FrameType type, std::uint64_t id, FrameMeta meta) {
  return {type, id, [meta = std::move(meta)](TimePoint) { return std::optional(meta); }, {}};
}

Outbox::Outbox(Stream& stream)
    : stream_(stream),
      arrived_(stream.get_executor(), TimePoint::max()),
      earned_(stream.get_executor()),
      due_(stream.get_executor()),
      emptied_(stream.get_executor(), TimePoint::max()) {}

void Outbox::push(OutgoingFrame frame) {
  const TimePoint now = Clock::now();
  if (idle()) pacer_.wake(now);
  frame.due = now + delay_;
  frames_.push_back(std::move(frame));
  arrived_.cancel();
}

bool Outbox::withdraw(std::uint64_t id) {
  return std::erase_if(frames_, [id](const OutgoingFrame& frame) { return frame.id == id; }) > 0;
}

void Outbox::limit(std::optional<BitsPerSecond> rate) {
  pacer_.set_rate(rate, Clock::now());
  earned_.cancel();
}

Task<Error> Outbox::run() {
  for (;;) {
    co_await until_due();
    OutgoingFrame frame = std::move(frames_.front());
    frames_.pop_front();
    const asio::error_code problem = co_await write(std::move(frame));
    if (problem) co_return error(ErrorKind::unavailable, "{}", words_for(problem));
  }
}

// Waits until a frame is due. Until then the frame may be withdrawn.
Task<> Outbox::until_due() {
  asio::error_code ignored;
  for (;;) {
    if (frames_.empty()) {
      emptied_.cancel();
      co_await arrived_.async_wait(into(ignored));
    } else if (frames_.front().due > Clock::now()) {
      due_.expires_at(frames_.front().due);
      co_await due_.async_wait(into(ignored));
      pacer_.wake(Clock::now());
    } else {
      co_return;
    }
  }
}

Task<> Outbox::flushed() {
  while (!idle()) {
    asio::error_code ignored;
    co_await emptied_.async_wait(into(ignored));
  }
}

Task<asio::error_code> Outbox::write(OutgoingFrame frame) {
  frame_since_ = Clock::now();
  const std::optional<FrameMeta> meta = frame.meta(*frame_since_);
  asio::error_code problem;
  if (meta) {
    FrameHeader header{frame.type, frame.id, static_cast<std::uint32_t>(meta->size()), 0};
    for (const Tensor& tensor : frame.payload) header.payload_size += tensor.bytes().size();
    const auto first = encode(header);
    std::vector<asio::const_buffer> parts{asio::buffer(first), asio::buffer(*meta)};
    for (const Tensor& tensor : frame.payload) {
      parts.push_back(asio::buffer(tensor.bytes().data(), tensor.bytes().size()));
    }
    problem = co_await write_paced(std::move(parts));
  }
  frame_since_.reset();
  co_return problem;
}

Task<asio::error_code> Outbox::write_paced(std::vector<asio::const_buffer> parts) {
  BufferWalk<asio::const_buffer> walk(std::move(parts));
  asio::error_code problem;
  while (walk.left() > 0 && !problem) {
    const TimePoint now = Clock::now();
    const std::size_t allowed = pacer_.take(walk.left(), now);
    if (allowed == 0) {
      earned_.expires_at(pacer_.ready_at(walk.left(), now));
      asio::error_code ignored;  // Cancelled: the rate has changed.
      co_await earned_.async_wait(into(ignored));
      continue;
    }
    const std::size_t bytes = co_await stream_.write_some(walk.next(allowed), problem);
    if (bytes < allowed) pacer_.give_back(allowed - bytes);
    written_.count += bytes;
    walk.advance(bytes);
  }
  co_return problem;
}

}  // namespace tideline::wire
