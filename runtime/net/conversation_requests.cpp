// What a Conversation does with its exchanges: how they leave, and how their answers come in.
#include "runtime/net/conversation.h"

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

constexpr Duration kLongestAway = std::chrono::seconds(10);  // Whatever a cloud says.

// Returns memory for the outputs that `message` announces; corrupt when they are not the payload that comes.
Result<std::vector<std::pair<std::shared_ptr<std::byte>, std::size_t>>> room_for(const AnswerMessage& message,
                                                                                 std::uint64_t payload_size) {
  std::vector<std::size_t> sizes;
  std::uint64_t left = payload_size;
  for (const AnswerMessage::Output& output : message.outputs) {
    const Result<Bytes> size = byte_count(output.dtype, output.shape);
    if (!size || size->count > left) return error(ErrorKind::corrupt, "an answer's outputs do not fit its payload");
    left -= size->count;
    sizes.push_back(size->count);
  }
  if (left != 0) return error(ErrorKind::corrupt, "an answer's payload is longer than its outputs");
  std::vector<std::pair<std::shared_ptr<std::byte>, std::size_t>> room;
  for (const std::size_t size : sizes) room.emplace_back(aligned_bytes(size), size);
  return room;
}

}  // namespace

void Conversation::submit(const std::shared_ptr<Exchange>& exchange) {
  if (leaving_) {
    exchange->fail(error(ErrorKind::unavailable, "the cloud at {} said goodbye and takes no more requests",
                         to_string(setting_.options.peer)));
    return;
  }
  owed_.emplace(exchange->id, exchange);
  if (auto* tail = std::get_if<TailRequest>(&exchange->request)) return submit_tail(exchange, *tail);
  submit_load(exchange, std::get<CloudLoad>(exchange->request));
}

void Conversation::submit_tail(const std::shared_ptr<Exchange>& exchange, TailRequest& request) {
  OutgoingFrame frame{FrameType::run, exchange->id, {}, std::move(request.wire)};
  RunMessage message{request.plan, {}, request.batch, {}};
  for (const Tensor& tensor : frame.payload) message.sizes.push_back(tensor.bytes().size());
  frame.head = [this, message, deadline = request.deadline, id = exchange->id](TimePoint now) -> std::optional<Head> {
    if (deadline <= now) {
      const Result<std::shared_ptr<Exchange>> late = settle(id, FrameType::refusal);
      if (late) {
        (*late)->fail(error(ErrorKind::overloaded, "the request's time was up before it could be sent"));
      }
      return std::nullopt;
    }
    RunMessage complete = message;
    complete.budget = deadline - now;
    return encode(complete);
  };
  push(std::move(frame));
}

void Conversation::submit_load(const std::shared_ptr<Exchange>& exchange, const CloudLoad& load) {
  push(plain_frame(FrameType::impose, exchange->id, encode(load)));
}

void Conversation::abandon(std::uint64_t id) {
  const auto at = owed_.find(id);
  if (at == owed_.end()) return;
  at->second->abandoned = true;
  if (outbox_.withdraw(id)) owed_.erase(at);
}

// Takes the exchange out of what is owed; corrupt when a frame of type `answer` is no answer to it.
Result<std::shared_ptr<Exchange>> Conversation::settle(std::uint64_t id, FrameType answer) {
  const auto at = owed_.find(id);
  if (at == owed_.end()) return error(ErrorKind::corrupt, "the cloud answered request {}, which nobody sent", id);
  const bool asked_for_tail = std::holds_alternative<TailRequest>(at->second->request);
  if (answer != FrameType::refusal && (answer == FrameType::answer) != asked_for_tail) {
    return error(ErrorKind::corrupt, "the cloud answered request {} with a frame of another kind", id);
  }
  held_since_.reset();
  return std::move(owed_.extract(at).mapped());
}

Task<Result<void>> Conversation::take(const ReceivedFrame& frame) {
  if (frame.header.type == FrameType::answer) co_return co_await take_answer(frame);
  if (frame.header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "the cloud sent a payload with a frame that has none");
  }
  switch (frame.header.type) {
    case FrameType::refusal:
      co_return take_refusal(frame);
    case FrameType::echo:
      co_return take_echo(frame);
    case FrameType::imposed:
      co_return take_imposed(frame);
    case FrameType::goodbye:
      co_return take_goodbye(frame);
    default:
      co_return error(ErrorKind::corrupt, "the cloud sent a frame of type {}, which only edges send",
                      static_cast<int>(frame.header.type));
  }
}

Task<Result<void>> Conversation::take_answer(const ReceivedFrame& frame) {
  const Result<AnswerMessage> message = decode_answer(frame.head);
  if (!message) co_return message.error();
  const auto room = room_for(*message, frame.header.payload_size);
  if (!room) co_return room.error();
  std::vector<asio::mutable_buffer> parts;
  for (const auto& [memory, size] : *room) parts.push_back(asio::buffer(memory.get(), size));
  const Result<Arrival> arrival = co_await reader_.read(std::move(parts));
  if (!arrival) co_return arrival.error();

  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) co_return exchange.error();
  TailAnswer answer{{}, message->stamps, arrival->last};
  for (std::size_t i = 0; i < room->size(); ++i) {
    const AnswerMessage::Output& output = message->outputs[i];
    answer.outputs.emplace_back(output.dtype, output.shape, (*room)[i].first, (*room)[i].second);
  }
  (*exchange)->answer.deliver(std::move(answer));
  if ((*exchange)->abandoned) tell_late(std::get<TailRequest>((*exchange)->request), message->stamps);
  tell_upload(message->stamps, std::nullopt);
  co_return Result<void>();
}

Result<void> Conversation::take_refusal(const ReceivedFrame& frame) {
  const Result<Refusal> refusal = decode_refusal(frame.head);
  if (!refusal) return refusal.error();
  if (frame.header.id == 0) return refusal->why.within("the cloud hung up");
  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  if (refusal->why.retry_after > Duration{}) setting_.on_busy(std::min(refusal->why.retry_after, kLongestAway));
  (*exchange)->fail(refusal->why.within(to_string(setting_.options.peer)));
  return {};
}

Result<void> Conversation::take_echo(const ReceivedFrame& frame) {
  const Result<Stamps> stamps = decode_echo(frame.head);
  if (!stamps) return stamps.error();
  for (std::optional<Ping>* slot : {&keepalive_, &probe_}) {
    if (!*slot || (*slot)->id != frame.header.id || !(*slot)->sent) continue;
    const Ping ping = *std::exchange(*slot, std::nullopt);
    const Duration rtt = reader_.heard() - *ping.sent - stamps->residence;
    const bool empty = ping.payload.count == 0;
    tell_upload(*stamps, empty && rtt > Duration{} ? std::optional(rtt) : std::nullopt);
    return {};
  }
  return error(ErrorKind::corrupt, "the cloud echoed probe {}, which nobody sent", frame.header.id);
}

Result<void> Conversation::take_imposed(const ReceivedFrame& frame) {
  const Result<CloudLoaded> load = decode_loaded(frame.head);
  if (!load) return load.error();
  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  (*exchange)->load.deliver(*load);
  return {};
}

// What has not left is taken back; what has will still be answered.
Result<void> Conversation::take_goodbye(const ReceivedFrame& frame) {
  const Result<Goodbye> goodbye = decode_goodbye(frame.head);
  if (!goodbye) return goodbye.error();
  leaving_ = true;
  setting_.on_goodbye(goodbye->reason);
  const Error gone = error(ErrorKind::unavailable, "the cloud at {} said goodbye: {}", to_string(setting_.options.peer),
                           goodbye->reason);
  for (auto at = owed_.begin(); at != owed_.end();) {
    if (outbox_.withdraw(at->first)) {
      at->second->fail(gone);
      at = owed_.erase(at);
    } else {
      ++at;
    }
  }
  return {};
}

}  // namespace tideline
