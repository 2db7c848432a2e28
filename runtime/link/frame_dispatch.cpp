#include "runtime/link/frame_dispatch.h"

#include "runtime/link/exchange_times.h"

#include <algorithm>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kLongestAway = std::chrono::seconds(10);  // Upper bound of a cloud's retry-after.

}  // namespace

wire::Task<Result<void>> FrameDispatch::take(const wire::ReceivedFrame& frame) {
  if (frame.header.type == wire::FrameType::answer) co_return co_await take_answer(frame);
  if (frame.header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "the cloud sent a payload with a frame that has none");
  }
  switch (frame.header.type) {
    case wire::FrameType::refusal:
      co_return take_refusal(frame);
    case wire::FrameType::echo:
      co_return take_echo(frame);
    case wire::FrameType::imposed:
      co_return take_imposed(frame);
    case wire::FrameType::goodbye:
      co_return take_goodbye(frame);
    default:
      co_return error(ErrorKind::corrupt, "the cloud sent a frame of type {}, which only edges send",
                      static_cast<int>(frame.header.type));
  }
}

// The only entrance of answers. An answer without the network's form, or with impossible values, is broken. Then this
// side hangs up before it allocates memory, and the request proceeds without the cloud.
wire::Task<Result<void>> FrameDispatch::take_answer(const wire::ReceivedFrame& frame) {
  const Result<wire::AnswerMessage> message = wire::decode_answer(frame.meta);
  if (!message) co_return message.error();
  const Result<std::shared_ptr<Exchange>> asked = parts_.requests.find(frame.header.id);
  if (!asked) co_return asked.error();
  const Result<AnswerMemory> memory = AnswerMemory::of(**asked, *message, frame.header.payload_size);
  if (!memory) co_return memory.error();
  const Result<wire::Arrival> arrival = co_await parts_.channel.reader().read(memory->parts());
  if (!arrival) co_return arrival.error();
  co_return deliver(**asked, *message, *memory, arrival->last);
}

Result<void> FrameDispatch::deliver(const Exchange& asked, const wire::AnswerMessage& message,
                                    const AnswerMemory& memory, TimePoint arrived) {
  if (!asked.sent) return error(ErrorKind::corrupt, "the cloud answered request {} before it was sent", asked.id);
  const Result<void> likely = check_stamps(message.stamps, {asked.payload, arrived - *asked.sent});
  if (!likely) return likely.error();
  const Result<std::shared_ptr<Exchange>> exchange = parts_.requests.settle(asked.id, wire::FrameType::answer);
  if (!exchange) return exchange.error();
  (*exchange)->answer.deliver(wire::TailAnswer{memory.outputs(), message.stamps, arrived, setting_.mark});
  if ((*exchange)->abandoned)
    parts_.uplink.tell_late(std::get<wire::TailRequest>((*exchange)->request), message.stamps);
  parts_.uplink.tell_upload(message.stamps, std::nullopt);
  return {};
}

Result<void> FrameDispatch::take_refusal(const wire::ReceivedFrame& frame) {
  const Result<wire::Refusal> refusal = wire::decode_refusal(frame.meta);
  if (!refusal) return refusal.error();
  if (frame.header.id == 0) return error(ErrorKind::unavailable, "the cloud hung up: {}", refusal->why.message);
  const Result<std::shared_ptr<Exchange>> exchange = parts_.requests.settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  const Duration away = std::min(refusal->why.retry_after, kLongestAway);
  const auto* const tail = std::get_if<wire::TailRequest>(&(*exchange)->request);
  if (away > Duration{}) setting_.on_busy(tail ? tail->priority : kFirstPriority, away);
  (*exchange)->fail(refusal->why.within(to_string(setting_.options.peer)).after(away));
  return {};
}

Result<void> FrameDispatch::take_echo(const wire::ReceivedFrame& frame) {
  const Result<wire::Stamps> stamps = wire::decode_echo(frame.meta);
  if (!stamps) return stamps.error();
  const Result<std::optional<Duration>> rtt = parts_.pings.settle(frame.header.id, *stamps);
  if (!rtt) return rtt.error();
  parts_.uplink.tell_upload(*stamps, *rtt);
  return {};
}

Result<void> FrameDispatch::take_imposed(const wire::ReceivedFrame& frame) {
  const Result<wire::LoadAnswer> load = wire::decode_loaded(frame.meta);
  if (!load) return load.error();
  const Result<std::shared_ptr<Exchange>> exchange = parts_.requests.settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  (*exchange)->load.deliver(*load);
  return {};
}

// Withdraws the requests that have not left; the cloud still answers the others.
Result<void> FrameDispatch::take_goodbye(const wire::ReceivedFrame& frame) {
  const Result<wire::Goodbye> goodbye = wire::decode_goodbye(frame.meta);
  if (!goodbye) return goodbye.error();
  leaving_ = true;
  setting_.on_goodbye(goodbye->reason);
  parts_.requests.fail_queued(error(ErrorKind::unavailable, "the cloud at {} said goodbye: {}",
                                    to_string(setting_.options.peer), goodbye->reason));
  return {};
}

}  // namespace tideline::link
