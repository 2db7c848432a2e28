#include "runtime/cloud/tail_requests.h"

#include "runtime/cloud/stamps.h"

#include <asio/post.hpp>
#include <fmt/format.h>

#include <numeric>

namespace tideline::cloud {
namespace {

template <typename Sizes>
std::uint64_t total(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
}

}  // namespace

// Admission: returns the token that counts the request, or the error of a refusal, after which the connection goes on.
// A request counts until its answer has left, also while the edge does not read it.
Result<TailRequests::Admitted> TailRequests::admit(const wire::RunMessage& asked) const {
  const wire::Limits& limits = context_.options.limits;
  if (const std::uint32_t own = in_flight_->requests; own >= limits.in_flight)
    return error(ErrorKind::overloaded, "{} requests of this edge are under way already; wait for an answer first",
                 own);
  if (const std::uint32_t all = channel_->account->in_flight.requests; all >= limits.peer_in_flight)
    return error(ErrorKind::overloaded, "{} requests of {:.28} are under way already; wait for an answer first", all,
                 channel_->account->name);
  const Result<Bytes> outputs = context_.tails.check(asked);
  if (!outputs) return outputs.error();
  const std::uint64_t bytes = total(asked.sizes) + outputs->count;
  if (in_flight_->requests > 0 && in_flight_->bytes + bytes > limits.in_flight_bytes.count)
    return error(ErrorKind::overloaded, "{} of this edge are under way already; wait for an answer first",
                 to_string(Bytes{in_flight_->bytes}));
  std::shared_ptr<const KeptFrame> before;
  if (asked.place) {
    auto found = context_.references.find(from(), asked);
    if (!found) return found.error();
    before = *std::move(found);
  }
  Result<Budget::Held> held = context_.references.room_for(channel_->account->name, {bytes});
  if (!held) return held.error();
  auto token = std::make_shared<InFlightToken>(in_flight_, channel_->account, bytes, *std::move(held));
  return Admitted{std::move(token), std::move(before)};
}

wire::Task<Result<void>> TailRequests::take(const wire::ReceivedFrame& frame) {
  const Result<wire::RunMessage> asked = wire::decode_run(frame.meta);
  if (!asked) co_return asked.error();
  std::uint64_t left = frame.header.payload_size;
  for (const std::uint64_t size : asked->sizes) {
    if (size > left) co_return error(ErrorKind::corrupt, "a request's tensors do not fit its payload");
    left -= size;
  }
  if (left != 0) co_return error(ErrorKind::corrupt, "a request's payload is longer than its tensors");

  const auto request = std::make_shared<Request>(Request{frame.header.id, frame.began, *asked});
  Result<Admitted> admitted = admit(*asked);
  if (!admitted) {
    refuse(*request, admitted.error());  // At once, before the payload has arrived.
    const Result<wire::Arrival> skipped = co_await channel_->reader.skip(frame.header.payload_size);
    if (!skipped) co_return skipped.error();
    co_return Result<void>();
  }
  RequestedTail requested{*asked, {}, std::move(admitted->before)};
  std::vector<asio::mutable_buffer> parts;
  for (const std::uint64_t size : asked->sizes) {
    requested.wire.memory.push_back(aligned_bytes(size));
    requested.wire.sizes.push_back(size);
    parts.push_back(asio::buffer(requested.wire.memory.back().get(), size));
  }
  const Result<wire::Arrival> arrival = co_await channel_->reader.read(std::move(parts));
  if (!arrival) co_return arrival.error();
  request->arrival = *arrival;
  enqueue(request, std::move(requested), std::move(admitted->token));
  co_return Result<void>();
}

void TailRequests::enqueue(std::shared_ptr<const Request> request, RequestedTail requested, Token token) {
  TailJob job{.from = {channel_->account.get(), channel_.get()},
              .requested = std::move(requested),
              .arrived = request->arrival.last,
              .deadline = request->began + request->asked.budget};
  job.wanted = [channel = channel_] { return !channel->gone; };
  job.answer = [self = shared_from_this(), request, token = std::move(token)](TailJob::Told told) mutable {
    // Moves the token on: the edge may send its next request before this job ends.
    asio::post(self->channel_->stream.get_executor(),
               [self, request, token = std::move(token), told = std::move(told)]() mutable {
                 if (request->asked.place) self->keep(request->asked, std::move(told.codes));
                 self->conclude(*request, told, std::move(token));
               });
  };
  if (const Result<void> accepted = context_.compute.submit(std::move(job)); !accepted)
    refuse(*request, accepted.error());
}

// Before the answer leaves: the edge may name the frame as soon as it has that.
void TailRequests::keep(const wire::RunMessage& asked, TensorCodes codes) const {
  if (!channel_->gone) context_.references.keep(from(), asked, std::move(codes));
}

void TailRequests::conclude(const Request& request, const TailJob::Told& told, Token token) {
  if (!told.outputs) return refuse(request, told.outputs.error(), told.queue);
  wire::Stamps stamps = stamps_of(request.arrival);
  stamps.queue = told.queue;
  stamps.decode = told.decode;
  stamps.run = told.run;
  stamps.together = told.together;
  answer(request, stamps, *told.outputs, std::move(token));
}

void TailRequests::answer(const Request& request, const wire::Stamps& stamps, std::vector<Tensor> outputs,
                          Token token) {
  wire::AnswerMessage message{stamps, {}};
  std::uint64_t size = 0;
  for (const Tensor& output : outputs) {
    message.outputs.push_back({output.dtype(), output.shape()});
    size += output.bytes().size();
  }
  if (const Bytes limit = context_.options.limits.payload; size > limit.count) {
    return refuse(request,
                  error(ErrorKind::invalid, "the outputs take {} bytes; one frame may hold {}", size, limit.count));
  }
  token->set(size);  // Its tensors are freed; its answer stays until it has left.
  const TimePoint last_byte = request.arrival.last;
  const auto head = [message, last_byte, token = std::move(token)](TimePoint now) mutable {
    message.stamps.residence = now - last_byte;
    return std::optional(encode(message));
  };
  tell(request, "answered", size, stamps.queue);
  channel_->outbox.push({wire::FrameType::answer, request.id, head, std::move(outputs)});
  ++context_.counters.served;
}

void TailRequests::refuse(const Request& request, Error why, Duration queued) {
  tell(request, name(why.kind), 0, queued);
  channel_->refuse(request.id, std::move(why));
}

void TailRequests::tell(const Request& request, std::string_view result, std::uint64_t sent, Duration queued) const {
  if (!context_.options.access) return;
  const wire::RunMessage& asked = request.asked;
  context_.options.access({.edge = channel_->edge,
                           .result = result,
                           .model = context_.tails.name_of(asked.plan.model),
                           .plan = asked.plan,
                           .priority = asked.priority,
                           .received = total(asked.sizes),
                           .sent = sent,
                           .queue = queued,
                           .took = Clock::now() - request.began,
                           .trace = asked.trace});
}

}  // namespace tideline::cloud
