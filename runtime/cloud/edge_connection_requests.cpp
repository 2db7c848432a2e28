// EdgeConnection's handling of requests.
#include "runtime/cloud/edge_connection.h"

#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tideline::cloud {
namespace {

template <typename Sizes>
std::uint64_t total(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
}

wire::Stamps stamps_of(const wire::Arrival& arrival) {
  wire::Stamps stamps;
  stamps.counted = arrival.counted;
  stamps.receiving = arrival.receiving;
  stamps.silence = arrival.silence;
  stamps.after_silence = arrival.after_silence;
  return stamps;
}

}  // namespace

wire::Task<Result<void>> EdgeConnection::take(wire::ReceivedFrame frame) {
  if (frame.header.id == 0) co_return error(ErrorKind::corrupt, "a request has the id 0");
  switch (frame.header.type) {
    case wire::FrameType::run:
      co_return co_await take_run(frame);
    case wire::FrameType::probe:
      co_return co_await take_probe(frame);
    case wire::FrameType::impose:
      co_return take_impose(frame);
    default:
      co_return error(ErrorKind::corrupt, "the edge sent an unexpected frame of type {}",
                      static_cast<int>(frame.header.type));
  }
}

// Admission: returns the token that counts the request, or the error of a refusal, after which the connection goes on.
// A request counts until its answer has left, also while the edge does not read it.
Result<EdgeConnection::Token> EdgeConnection::admit(const wire::RunMessage& asked) const {
  const wire::Limits& limits = house_.options.limits;
  if (const std::uint32_t own = in_flight_->requests; own >= limits.in_flight)
    return error(ErrorKind::overloaded, "{} requests of this edge are under way already; wait for an answer first",
                 own);
  if (const std::uint32_t all = guest_->in_flight.requests; all >= limits.peer_in_flight)
    return error(ErrorKind::overloaded, "{} requests of {:.28} are under way already; wait for an answer first", all,
                 guest_->name);
  const Result<Bytes> outputs = house_.tails.check(asked);
  if (!outputs) return outputs.error();
  const std::uint64_t bytes = total(asked.sizes) + outputs->count;
  if (in_flight_->requests > 0 && in_flight_->bytes + bytes > limits.in_flight_bytes.count)
    return error(ErrorKind::overloaded, "{} of this edge are under way already; wait for an answer first",
                 to_string(Bytes{in_flight_->bytes}));
  Result<Budget::Held> held = house_.budget.take(guest_->name, {bytes});
  if (!held) return held.error();
  return std::make_shared<InFlightToken>(in_flight_, guest_, bytes, *std::move(held));
}

wire::Task<Result<void>> EdgeConnection::take_run(const wire::ReceivedFrame& frame) {
  const Result<wire::RunMessage> asked = wire::decode_run(frame.meta);
  if (!asked) co_return asked.error();
  std::uint64_t left = frame.header.payload_size;
  for (const std::uint64_t size : asked->sizes) {
    if (size > left) co_return error(ErrorKind::corrupt, "a request's tensors do not fit its payload");
    left -= size;
  }
  if (left != 0) co_return error(ErrorKind::corrupt, "a request's payload is longer than its tensors");

  Result<Token> token = admit(*asked);
  if (!token) {
    refuse(frame.header.id, token.error());  // At once, before the payload has arrived.
    const Result<wire::Arrival> skipped = co_await reader_.skip(frame.header.payload_size);
    if (!skipped) co_return skipped.error();
    co_return Result<void>();
  }
  RequestedTail requested{*asked, {}};
  std::vector<asio::mutable_buffer> parts;
  for (const std::uint64_t size : asked->sizes) {
    requested.wire.memory.push_back(aligned_bytes(size));
    requested.wire.sizes.push_back(size);
    parts.push_back(asio::buffer(requested.wire.memory.back().get(), size));
  }
  const Result<wire::Arrival> arrival = co_await reader_.read(std::move(parts));
  if (!arrival) co_return arrival.error();
  enqueue(frame.header.id, std::move(requested), *arrival, frame.began + asked->budget, *std::move(token));
  co_return Result<void>();
}

wire::Task<Result<void>> EdgeConnection::take_probe(const wire::ReceivedFrame& frame) {
  if (!frame.meta.empty()) co_return error(ErrorKind::corrupt, "the metadata of a frame 'probe' is broken");
  const Result<wire::Arrival> arrival = co_await reader_.skip(frame.header.payload_size);
  if (!arrival) co_return arrival.error();
  wire::Stamps stamps = stamps_of(*arrival);
  const auto head = [stamps, last = arrival->last](TimePoint now) mutable {
    stamps.residence = now - last;
    return std::optional(encode(stamps));
  };
  outbox_.push({wire::FrameType::echo, frame.header.id, head, {}});
  co_return Result<void>();
}

Result<void> EdgeConnection::take_impose(const wire::ReceivedFrame& frame) {
  const Result<wire::CloudLoad> asked = wire::decode_load(frame.meta);
  if (!asked) return asked.error();
  if (frame.header.payload_size != 0) return error(ErrorKind::corrupt, "an 'impose' came with a payload");
  const std::uint64_t id = frame.header.id;
  Stressor* const stressor = house_.options.stressor;
  if (!stressor) {
    refuse(id,
           error(ErrorKind::invalid,
                 "this cloud does not let edges load its machine; start it with --allow-stress (cloud.allow_stress), "
                 "or profile with cloud shares of 0 %"));
    return {};
  }
  if (house_.loading && house_.loading != this) {
    refuse(id, error(ErrorKind::overloaded,
                     "another edge loads this cloud's machine, and a second load would change its measurements; "
                     "profile later, or with another cloud"));
    return {};
  }
  if (loading_) {
    refuse(id, error(ErrorKind::overloaded, "the cloud is still loading its machine; wait for its answer first"));
    return {};
  }
  const auto errand = [self = shared_from_this(), stressor, id, load = *asked] {
    const Result<wire::LoadAnswer> loaded = stressor->impose(load);
    asio::post(self->stream_.get_executor(), [self, id, load, loaded] {
      self->loading_ = false;
      const bool nothing = loaded && load.cpu == 0 && load.memory == 0;
      if (nothing && !self->gone_) self->house_.loading = nullptr;
      if (!loaded) return self->refuse(id, loaded.error());
      self->outbox_.push(plain_frame(wire::FrameType::imposed, id, encode(*loaded)));
    });
  };
  if (!house_.errands.submit(errand)) {
    refuse(id, error(ErrorKind::overloaded, "the cloud is busy loading its machine"));
    return {};
  }
  loading_ = true;
  house_.loading = this;
  return {};
}

void EdgeConnection::enqueue(std::uint64_t id, RequestedTail requested, const wire::Arrival& arrival,
                             TimePoint deadline, Token token) {
  TailJob job{
      .from = {guest_.get(), this}, .requested = std::move(requested), .arrived = arrival.last, .deadline = deadline};
  job.wanted = [self = shared_from_this()] { return !self->gone_; };
  job.answer = [self = shared_from_this(), id, arrival, token = std::move(token)](TailJob::Told told) mutable {
    // Moves the token on: the edge may send its next request before this job ends.
    asio::post(self->stream_.get_executor(),
               [self, id, arrival, token = std::move(token), told = std::move(told)]() mutable {
                 self->conclude(id, arrival, told, std::move(token));
               });
  };
  if (const Result<void> accepted = house_.compute.submit(std::move(job)); !accepted) refuse(id, accepted.error());
}

void EdgeConnection::conclude(std::uint64_t id, const wire::Arrival& arrival, const TailJob::Told& told, Token token) {
  if (!told.outputs) return refuse(id, told.outputs.error());
  wire::Stamps stamps = stamps_of(arrival);
  stamps.queue = told.queue;
  stamps.decode = told.decode;
  stamps.run = told.run;
  stamps.together = told.together;
  answer(id, arrival.last, stamps, *told.outputs, std::move(token));
}

void EdgeConnection::answer(std::uint64_t id, TimePoint last_byte, const wire::Stamps& stamps,
                            std::vector<Tensor> outputs, Token token) {
  wire::AnswerMessage message{stamps, {}};
  std::uint64_t size = 0;
  for (const Tensor& output : outputs) {
    message.outputs.push_back({output.dtype(), output.shape()});
    size += output.bytes().size();
  }
  if (const Bytes limit = house_.options.limits.payload; size > limit.count) {
    return refuse(id, error(ErrorKind::invalid, "the outputs take {} bytes; one frame may hold {}", size, limit.count));
  }
  token->set(size);  // Its tensors are freed; its answer stays until it has left.
  const auto head = [message, last_byte, token = std::move(token)](TimePoint now) mutable {
    message.stamps.residence = now - last_byte;
    return std::optional(encode(message));
  };
  outbox_.push({wire::FrameType::answer, id, head, std::move(outputs)});
  ++house_.tally.served;
}

void EdgeConnection::refuse(std::uint64_t id, Error why) {
  ++house_.tally.refused;
  house_.refusals.note(name(why.kind), fmt::format("edge {}: request {} refused: {}", edge_, id, why.message));
  outbox_.push(plain_frame(wire::FrameType::refusal, id, encode(wire::Refusal{std::move(why)})));
}

}  // namespace tideline::cloud
