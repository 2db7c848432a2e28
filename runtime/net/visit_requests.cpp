// What a Visit does with the requests of its edge.
#include "runtime/net/visit.h"

#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tideline {
namespace {

template <typename Sizes>
std::uint64_t total(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
}

Stamps stamps_of(const Arrival& arrival) {
  Stamps stamps;
  stamps.counted = arrival.counted;
  stamps.receiving = arrival.receiving;
  stamps.silence = arrival.silence;
  stamps.after_silence = arrival.after_silence;
  return stamps;
}

}  // namespace

Task<Result<void>> Visit::take(ReceivedFrame frame) {
  if (frame.header.id == 0) co_return error(ErrorKind::corrupt, "a request came without a number");
  switch (frame.header.type) {
    case FrameType::run:
      co_return co_await take_run(frame);
    case FrameType::probe:
      co_return co_await take_probe(frame);
    case FrameType::impose:
      co_return take_impose(frame);
    default:
      co_return error(ErrorKind::corrupt, "the edge sent a frame of type {}, which has no place here",
                      static_cast<int>(frame.header.type));
  }
}

// Returns whether a request can be received; what cannot is skipped, and the connection goes on.
Result<void> Visit::admit(const RunMessage& asked) const {
  if (in_flight_ >= house_.options.limits.in_flight) {
    return error(ErrorKind::overloaded, "{} requests of this edge are under way already; wait for an answer first",
                 in_flight_);
  }
  const std::uint64_t bytes = total(asked.sizes);
  if (in_flight_ > 0 && in_flight_bytes_.count + bytes > house_.options.limits.in_flight_bytes.count) {
    return error(ErrorKind::overloaded, "{} of this edge are under way already; wait for an answer first",
                 to_string(in_flight_bytes_));
  }
  return house_.tails.check(asked);
}

Task<Result<void>> Visit::take_run(const ReceivedFrame& frame) {
  const Result<RunMessage> asked = decode_run(frame.head);
  if (!asked) co_return asked.error();
  std::uint64_t left = frame.header.payload_size;
  for (const std::uint64_t size : asked->sizes) {
    if (size > left) co_return error(ErrorKind::corrupt, "a request's tensors do not fit its payload");
    left -= size;
  }
  if (left != 0) co_return error(ErrorKind::corrupt, "a request's payload is longer than its tensors");

  const Result<void> admitted = admit(*asked);
  if (!admitted) {
    const Result<Arrival> skipped = co_await reader_.skip(frame.header.payload_size);
    if (!skipped) co_return skipped.error();
    refuse(frame.header.id, admitted.error());
    co_return Result<void>();
  }
  TailRequested requested{*asked, {}};
  std::vector<asio::mutable_buffer> parts;
  for (const std::uint64_t size : asked->sizes) {
    requested.wire.memory.push_back(aligned_bytes(size));
    requested.wire.sizes.push_back(size);
    parts.push_back(asio::buffer(requested.wire.memory.back().get(), size));
  }
  const Result<Arrival> arrival = co_await reader_.read(std::move(parts));
  if (!arrival) co_return arrival.error();
  enqueue(frame.header.id, std::move(requested), *arrival, frame.began + asked->budget);
  co_return Result<void>();
}

Task<Result<void>> Visit::take_probe(const ReceivedFrame& frame) {
  if (!frame.head.empty()) co_return error(ErrorKind::corrupt, "the head of a frame 'probe' is broken");
  const Result<Arrival> arrival = co_await reader_.skip(frame.header.payload_size);
  if (!arrival) co_return arrival.error();
  Stamps stamps = stamps_of(*arrival);
  const auto head = [stamps, last = arrival->last](TimePoint now) mutable {
    stamps.residence = now - last;
    return std::optional(encode(stamps));
  };
  outbox_.push({FrameType::echo, frame.header.id, head, {}});
  co_return Result<void>();
}

Result<void> Visit::take_impose(const ReceivedFrame& frame) {
  const Result<CloudLoad> asked = decode_load(frame.head);
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
  const auto errand = [self = shared_from_this(), stressor, id, load = *asked] {
    const Result<CloudLoaded> loaded = stressor->impose(load);
    asio::post(self->stream_.get_executor(), [self, id, loaded] {
      if (!loaded) return self->refuse(id, loaded.error());
      self->outbox_.push(plain_frame(FrameType::imposed, id, encode(*loaded)));
    });
  };
  loads_ = asked->cpu > 0 || asked->memory > 0;
  if (!house_.errands.submit(errand)) refuse(id, error(ErrorKind::overloaded, "the cloud is busy loading its machine"));
  return {};
}

void Visit::enqueue(std::uint64_t id, TailRequested requested, const Arrival& arrival, TimePoint deadline) {
  const auto bytes = total(requested.wire.sizes);
  TailJob job{.edge = this, .requested = std::move(requested), .arrived = arrival.last, .deadline = deadline};
  job.wanted = [self = shared_from_this()] { return !self->gone_; };
  job.answer = [self = shared_from_this(), id, arrival, bytes](TailJob::Told told) {
    asio::post(self->stream_.get_executor(), [self, id, arrival, bytes, told = std::move(told)] {
      self->in_flight_bytes_.count -= bytes;
      self->conclude(id, arrival, told);
    });
  };
  if (const Result<void> accepted = house_.compute.submit(std::move(job)); !accepted)
    return refuse(id, accepted.error());
  ++in_flight_;
  in_flight_bytes_.count += bytes;
}

void Visit::conclude(std::uint64_t id, const Arrival& arrival, const TailJob::Told& told) {
  --in_flight_;
  if (!told.outputs) return refuse(id, told.outputs.error());
  Stamps stamps = stamps_of(arrival);
  stamps.queue = told.queue;
  stamps.decode = told.decode;
  stamps.run = told.run;
  stamps.together = told.together;
  answer(id, arrival.last, stamps, *told.outputs);
}

void Visit::answer(std::uint64_t id, TimePoint last_byte, const Stamps& stamps, std::vector<Tensor> outputs) {
  AnswerMessage message{stamps, {}};
  std::uint64_t size = 0;
  for (const Tensor& output : outputs) {
    message.outputs.push_back({output.dtype(), output.shape()});
    size += output.bytes().size();
  }
  if (const Bytes limit = house_.options.limits.payload; size > limit.count) {
    return refuse(id, error(ErrorKind::invalid, "the outputs take {} bytes; one frame may hold {}", size, limit.count));
  }
  const auto head = [message, last_byte](TimePoint now) mutable {
    message.stamps.residence = now - last_byte;
    return std::optional(encode(message));
  };
  outbox_.push({FrameType::answer, id, head, std::move(outputs)});
  ++house_.tally.served;
}

void Visit::refuse(std::uint64_t id, Error why) {
  ++house_.tally.refused;
  house_.refusals.note(name(why.kind), fmt::format("edge {}: request {} refused: {}", edge_, id, why.message));
  outbox_.push(plain_frame(FrameType::refusal, id, encode(Refusal{std::move(why)})));
}

}  // namespace tideline
