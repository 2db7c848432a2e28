#include "runtime/net/conversation.h"

#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace tideline {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(1);

// Noise, so that nothing on the way can compress it.
Tensor noise(Bytes size) {
  std::vector<std::byte> bytes(size.count);
  std::minstd_rand random(1);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 8);
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(size.count)}, bytes);
}

}  // namespace

Conversation::Conversation(Stream& stream, Setting setting)
    : stream_(stream),
      setting_(std::move(setting)),
      reader_(stream, setting_.options.limits, received_),
      outbox_(stream),
      kept_alive_(Clock::now()),
      timed_(Clock::now()),
      upload_(stream.get_executor(), TimePoint::max()),
      moved_(Clock::now()) {}

Conversation::~Conversation() {
  const std::string why = why_ ? why_->message : "the link was closed";
  const Error lost =
      error(ErrorKind::unavailable, "the connection to {} broke: {}", to_string(setting_.options.peer), why);
  for (const auto& [id, exchange] : owed_) exchange->fail(lost);
}

Task<Result<Welcome>> Conversation::greet(std::string edge) {
  const Head head = encode(Hello{std::move(edge)});
  const auto header = encode(FrameHeader{FrameType::hello, 0, static_cast<std::uint32_t>(head.size()), 0});
  std::vector<asio::const_buffer> parts{asio::buffer(header), asio::buffer(head)};
  const asio::error_code problem = co_await stream_.write_all(std::move(parts));
  if (problem) co_return error(ErrorKind::unavailable, "{}", words_for(problem));

  const Result<ReceivedFrame> frame = co_await reader_.next();
  if (!frame) co_return frame.error();
  if (frame->header.type == FrameType::refusal) {
    const Result<Refusal> refusal = decode_refusal(frame->head);
    co_return refusal ? refusal->why.within("the cloud refused this edge") : refusal.error();
  }
  if (frame->header.type != FrameType::welcome || frame->header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "the cloud did not answer the greeting with a welcome");
  }
  co_return decode_welcome(frame->head);
}

Task<Error> Conversation::talk() {
  using namespace asio::experimental::awaitable_operators;
  const auto on_throw = [this](const std::string& what) { end(error(ErrorKind::internal, "{}", what)); };
  co_await (guarded(listen(), on_throw) || guarded(write(), on_throw) || guarded(watch(), on_throw) ||
            guarded(follow(), on_throw));
  co_return why_.value_or(error(ErrorKind::unavailable, "the link was closed"));
}

void Conversation::end(Error why) {
  if (!why_) why_ = std::move(why);
}

Task<> Conversation::listen() {
  while (!leaving_ || !owed_.empty()) {
    const Result<ReceivedFrame> frame = co_await reader_.next();
    if (!frame) co_return end(frame.error());
    const Result<void> taken = co_await take(*frame);
    if (!taken) co_return end(taken.error());
    keep_alive();
  }
  end(error(ErrorKind::unavailable, "the cloud said goodbye"));
}

Task<> Conversation::write() {
  const Error broken = co_await outbox_.run();
  end(broken);
}

// Looks four times per interval, which is as exact as keepalive and death need to be.
Task<> Conversation::watch() {
  const Duration shorter = std::min(setting_.options.keepalive, setting_.options.dead_after);
  while (!is_dead(Clock::now())) {
    keep_alive();
    co_await sleep_for(std::max(kShortestLook, shorter / 4));
  }
  end(error(ErrorKind::unavailable, "no sign of life from the cloud for {}", to_string(setting_.options.dead_after)));
}

// Bytes that the peer's kernel took are a sign of life: a long upload has no answer before its end.
bool Conversation::is_dead(TimePoint now) {
  const Bytes acknowledged{outbox_.written().count -
                           std::min(unacknowledged(stream_.socket()), outbox_.written()).count};
  const bool owed = !owed_.empty() || keepalive_ || probe_;
  if (!owed || acknowledged != acknowledged_) moved_ = now;
  acknowledged_ = acknowledged;
  return now - std::max(moved_, reader_.heard()) > setting_.options.dead_after;
}

// Only into an empty uplink, where it measures the way and not our own queue; until then bytes that move tell enough.
void Conversation::keep_alive() {
  const bool due = Clock::now() - kept_alive_ >= setting_.options.keepalive;
  if (!due || keepalive_ || leaving_) return;
  if (!outbox_.idle() || unacknowledged(stream_.socket()).count > 0) return tell_least_rtt();
  kept_alive_ = Clock::now();
  ping(keepalive_, {});
}

void Conversation::probe(Bytes payload) {
  if (probe_ || leaving_) return;
  ping(probe_, std::min(payload, setting_.options.limits.payload));
}

void Conversation::ping(std::optional<Ping>& slot, Bytes payload) {
  slot = Ping{setting_.next_id++, payload, {}};
  OutgoingFrame frame{FrameType::probe, slot->id, {}, {}};
  frame.head = [this, &slot](TimePoint now) {
    slot->sent = now - outbox_.delay();  // The delay stands for a part of the way.
    return std::optional<Head>(std::in_place);
  };
  if (payload.count > 0) frame.payload.push_back(noise(payload));
  push(std::move(frame));
}

}  // namespace tideline
