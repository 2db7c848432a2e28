#include "runtime/link/cloud_connection.h"

#include <asio/experimental/awaitable_operators.hpp>

#include <utility>

namespace tideline::link {
CloudConnection::CloudConnection(wire::Stream& stream, Setting setting)
    : stream_(stream),
      setting_(std::move(setting)),
      reader_(stream, setting_.options.limits, received_),
      outbox_(stream),
      kept_alive_(Clock::now()),
      timed_(Clock::now()),
      upload_(stream.get_executor(), TimePoint::max()),
      moved_(Clock::now()),
      life_(Clock::now()) {}

CloudConnection::~CloudConnection() {
  const std::string why = why_ ? why_->message : "the link was closed";
  const Error lost =
      error(ErrorKind::unavailable, "the connection to {} broke: {}", to_string(setting_.options.peer), why);
  for (const auto& [id, exchange] : owed_) exchange->fail(lost);
}

wire::Task<Result<wire::Welcome>> CloudConnection::greet(std::string edge) {
  const wire::FrameMeta head = encode(wire::Hello{std::move(edge)});
  const auto header = encode(wire::FrameHeader{wire::FrameType::hello, 0, static_cast<std::uint32_t>(head.size()), 0});
  std::vector<asio::const_buffer> parts{asio::buffer(header), asio::buffer(head)};
  const asio::error_code problem = co_await stream_.write_all(std::move(parts));
  if (problem) co_return error(ErrorKind::unavailable, "{}", wire::words_for(problem));

  const Result<wire::ReceivedFrame> frame = co_await reader_.next();
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
  while (!leaving_ || !owed_.empty()) {
    const Result<wire::ReceivedFrame> frame = co_await reader_.next();
    if (!frame) co_return end(frame.error());
    const Result<void> taken = co_await take(*frame);
    if (!taken) co_return end(taken.error());
    note_speech();
    keep_alive();
  }
  end(error(ErrorKind::unavailable, "the cloud said goodbye"));
}

wire::Task<> CloudConnection::write() {
  const Error broken = co_await outbox_.run();
  end(broken);
}

}  // namespace tideline::link
