// CloudConnection's sending of requests and handling of answers.
#include "runtime/base/outputs.h"
#include "runtime/link/cloud_connection.h"
#include "runtime/link/exchange_times.h"

#include <algorithm>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kLongestAway = std::chrono::seconds(10);  // Upper bound of a cloud's retry-after.

// Returns corrupt unless `exchange` is a tail's and the answer has the expected form.
Result<void> check_form(const Exchange& exchange, const wire::AnswerMessage& message) {
  const auto* const asked = std::get_if<wire::TailRequest>(&exchange.request);
  if (!asked)
    return error(ErrorKind::corrupt, "the cloud answered request {} with a frame of another kind", exchange.id);
  std::vector<TensorSpec> given;
  for (const wire::AnswerMessage::Output& output : message.outputs) given.push_back({"", output.dtype, output.shape});
  return check_outputs(asked->outputs, given);
}

// Returns memory for the outputs that `message` announces; corrupt if their sizes do not match the payload.
Result<std::vector<std::pair<std::shared_ptr<std::byte>, std::size_t>>> room_for(const wire::AnswerMessage& message,
                                                                                 std::uint64_t payload_size) {
  std::vector<std::size_t> sizes;
  std::uint64_t left = payload_size;
  for (const wire::AnswerMessage::Output& output : message.outputs) {
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

void CloudConnection::submit(const std::shared_ptr<Exchange>& exchange) {
  if (leaving_) {
    exchange->fail(error(ErrorKind::unavailable, "the cloud at {} said goodbye and takes no more requests",
                         to_string(setting_.options.peer)));
    return;
  }
  owed_.emplace(exchange->id, exchange);
  if (auto* tail = std::get_if<wire::TailRequest>(&exchange->request)) return submit_tail(exchange, *tail);
  submit_load(exchange, std::get<wire::CloudLoad>(exchange->request));
}

void CloudConnection::submit_tail(const std::shared_ptr<Exchange>& exchange, wire::TailRequest& request) {
  wire::OutgoingFrame frame{wire::FrameType::run, exchange->id, {}, std::move(request.wire)};
  wire::RunMessage message{request.plan, {}, request.batch, {}};
  for (const Tensor& tensor : frame.payload) message.sizes.push_back(tensor.bytes().size());
  for (const std::uint64_t size : message.sizes) exchange->payload.count += size;
  frame.meta = [this, message, deadline = request.deadline,
                id = exchange->id](TimePoint now) -> std::optional<wire::FrameMeta> {
    if (deadline <= now) {
      const Result<std::shared_ptr<Exchange>> late = settle(id, wire::FrameType::refusal);
      if (late) {
        (*late)->fail(error(ErrorKind::overloaded, "deadline passed before the request could be sent"));
      }
      return std::nullopt;
    }
    wire::RunMessage complete = message;
    complete.budget = deadline - now;
    if (const auto at = owed_.find(id); at != owed_.end()) at->second->sent = now;
    return encode(complete);
  };
  push(std::move(frame));
}

void CloudConnection::submit_load(const std::shared_ptr<Exchange>& exchange, const wire::CloudLoad& load) {
  push(plain_frame(wire::FrameType::impose, exchange->id, encode(load)));
}

void CloudConnection::abandon(std::uint64_t id) {
  const auto at = owed_.find(id);
  if (at == owed_.end()) return;
  at->second->abandoned = true;
  if (outbox_.withdraw(id)) owed_.erase(at);
}

Result<std::shared_ptr<Exchange>> CloudConnection::owed(std::uint64_t id) const {
  const auto at = owed_.find(id);
  if (at == owed_.end())
    return error(ErrorKind::corrupt, "the cloud answered request {}, which is not outstanding", id);
  return at->second;
}

// Removes the exchange from the unanswered ones; corrupt if a frame of type `answer` cannot answer it.
Result<std::shared_ptr<Exchange>> CloudConnection::settle(std::uint64_t id, wire::FrameType answer) {
  const auto at = owed_.find(id);
  if (at == owed_.end())
    return error(ErrorKind::corrupt, "the cloud answered request {}, which is not outstanding", id);
  const bool asked_for_tail = std::holds_alternative<wire::TailRequest>(at->second->request);
  if (answer != wire::FrameType::refusal && (answer == wire::FrameType::answer) != asked_for_tail) {
    return error(ErrorKind::corrupt, "the cloud answered request {} with a frame of another kind", id);
  }
  held_since_.reset();
  return std::move(owed_.extract(at).mapped());
}

wire::Task<Result<void>> CloudConnection::take(const wire::ReceivedFrame& frame) {
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
wire::Task<Result<void>> CloudConnection::take_answer(const wire::ReceivedFrame& frame) {
  const Result<wire::AnswerMessage> message = wire::decode_answer(frame.meta);
  if (!message) co_return message.error();
  const Result<std::shared_ptr<Exchange>> asked = owed(frame.header.id);
  if (!asked) co_return asked.error();
  const Result<void> fits = check_form(**asked, *message);
  if (!fits) co_return fits.error();
  const auto room = room_for(*message, frame.header.payload_size);
  if (!room) co_return room.error();
  std::vector<asio::mutable_buffer> parts;
  for (const auto& [memory, size] : *room) parts.push_back(asio::buffer(memory.get(), size));
  const Result<wire::Arrival> arrival = co_await reader_.read(std::move(parts));
  if (!arrival) co_return arrival.error();
  if (!(*asked)->sent)
    co_return error(ErrorKind::corrupt, "the cloud answered request {} before it was sent", (*asked)->id);
  const Result<void> likely = check_stamps(message->stamps, {(*asked)->payload, arrival->last - *(*asked)->sent});
  if (!likely) co_return likely.error();

  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) co_return exchange.error();
  wire::TailAnswer answer{{}, message->stamps, arrival->last};
  for (std::size_t i = 0; i < room->size(); ++i) {
    const wire::AnswerMessage::Output& output = message->outputs[i];
    answer.outputs.emplace_back(output.dtype, output.shape, (*room)[i].first, (*room)[i].second);
  }
  (*exchange)->answer.deliver(std::move(answer));
  if ((*exchange)->abandoned) tell_late(std::get<wire::TailRequest>((*exchange)->request), message->stamps);
  tell_upload(message->stamps, std::nullopt);
  co_return Result<void>();
}

Result<void> CloudConnection::take_refusal(const wire::ReceivedFrame& frame) {
  const Result<wire::Refusal> refusal = wire::decode_refusal(frame.meta);
  if (!refusal) return refusal.error();
  if (frame.header.id == 0) return error(ErrorKind::unavailable, "the cloud hung up: {}", refusal->why.message);
  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  const Duration away = std::min(refusal->why.retry_after, kLongestAway);
  if (away > Duration{}) setting_.on_busy(away);
  (*exchange)->fail(refusal->why.within(to_string(setting_.options.peer)).after(away));
  return {};
}

Result<void> CloudConnection::take_echo(const wire::ReceivedFrame& frame) {
  const Result<wire::Stamps> stamps = wire::decode_echo(frame.meta);
  if (!stamps) return stamps.error();
  for (std::optional<Ping>* slot : {&keepalive_, &probe_}) {
    if (!*slot || (*slot)->id != frame.header.id || !(*slot)->sent) continue;
    const Ping ping = *std::exchange(*slot, std::nullopt);
    const Result<void> likely = check_stamps(*stamps, {ping.payload, reader_.heard() - *ping.sent});
    if (!likely) return likely.error();
    const Duration rtt = reader_.heard() - *ping.sent - stamps->residence;
    const bool empty = ping.payload.count == 0;
    tell_upload(*stamps, empty && rtt > Duration{} ? std::optional(rtt) : std::nullopt);
    return {};
  }
  return error(ErrorKind::corrupt, "the cloud echoed probe {}, which is not outstanding", frame.header.id);
}

Result<void> CloudConnection::take_imposed(const wire::ReceivedFrame& frame) {
  const Result<wire::LoadAnswer> load = wire::decode_loaded(frame.meta);
  if (!load) return load.error();
  const Result<std::shared_ptr<Exchange>> exchange = settle(frame.header.id, frame.header.type);
  if (!exchange) return exchange.error();
  (*exchange)->load.deliver(*load);
  return {};
}

// Withdraws the requests that have not left; the cloud still answers the others.
Result<void> CloudConnection::take_goodbye(const wire::ReceivedFrame& frame) {
  const Result<wire::Goodbye> goodbye = wire::decode_goodbye(frame.meta);
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

}  // namespace tideline::link
