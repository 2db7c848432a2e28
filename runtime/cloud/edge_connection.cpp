#include "runtime/cloud/edge_connection.h"

#include "runtime/cloud/stamps.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::cloud {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(5);
constexpr Duration kParting = std::chrono::seconds(1);
constexpr Duration kBreath = std::chrono::milliseconds(5);

}  // namespace

EdgeConnection::EdgeConnection(wire::Socket socket, ServerContext& context)
    : channel_(std::make_shared<EdgeChannel>(std::move(socket), context)),
      tails_(std::make_shared<TailRequests>(channel_)),
      load_(std::make_shared<LoadRequests>(channel_)),
      context_(context),
      began_(Clock::now()) {}

wire::Task<> EdgeConnection::serve() {
  using namespace asio::experimental::awaitable_operators;
  wire::tune(channel_->stream.socket());
  const bool secured = co_await secure();
  if (!secured) co_return close();
  const auto on_throw = [this](std::string what) {
    context_.lines.error("thrown", fmt::format("edge {}: {}", channel_->edge, what));
  };
  co_await (wire::guarded(listen(), on_throw) || wire::guarded(write(), on_throw) || wire::guarded(watch(), on_throw));
  channel_->gone = true;
  close();
  leave();
}

void EdgeConnection::leave() {
  if (channel_->account) {
    --channel_->account->connections;
    --context_.known;
  }
  load_->leave();
  context_.references.forget(channel_.get());
}

wire::Task<bool> EdgeConnection::secure() {
  using namespace asio::experimental::awaitable_operators;
  if (!context_.options.tls) co_return true;
  if (const auto valid = context_.options.tls.renew(); !valid)
    context_.refusals.note("own_certificate", fmt::format("edges will reject this cloud: {}", valid.error().message));
  asio::error_code problem;
  const auto context = context_.options.tls.context();  // It may be replaced during the handshake.
  const auto shake = [&]() -> wire::Task<> { problem = co_await channel_->stream.secure(*context); };
  const auto first = co_await (shake() || wire::sleep_for(context_.options.limits.handshake));
  began_ = Clock::now();
  if (first.index() == 0 && !problem) co_return true;
  if (!channel_->stream.socket().is_open()) co_return false;  // Closed here.
  if (first.index() == 1) {
    context_.refusals.note("slow_handshake",
                           fmt::format("edge {}: rejected: the handshake did not end in time", channel_->edge));
  } else {
    co_await keep_out(problem);
  }
  co_return false;
}

// An edge without TLS cannot read a TLS alert, so it gets a plain refusal.
wire::Task<> EdgeConnection::keep_out(const asio::error_code& problem) {
  const std::string_view reason = wire::is_tls(problem) ? name(wire::fault_of(problem)) : "broken";
  context_.refusals.note(reason, fmt::format("edge {}: rejected: {}", channel_->edge, wire::words_for(problem)));
  if (wire::is_tls(problem) && wire::fault_of(problem) == wire::TlsFault::not_tls) {
    channel_->stream.unsecure();
    co_await turn_away(error(ErrorKind::invalid, "it speaks only TLS; set tls.ca, tls.cert and tls.key here, too"));
  } else {
    channel_->stream.finish();
    co_await hear_out();
  }
}

wire::Task<> EdgeConnection::turn_away(Error why) {
  using namespace asio::experimental::awaitable_operators;
  co_await (part(std::move(why)) || write() || wire::sleep_for(kParting));
  close();
}

void EdgeConnection::close() {
  channel_->stream.close();
}

void EdgeConnection::say_goodbye(const std::string& reason) {
  if (greeted_) {
    channel_->outbox.push(plain_frame(wire::FrameType::goodbye, 0, encode(wire::Goodbye{reason})));
  } else {
    close();
  }
}

wire::Task<> EdgeConnection::listen() {
  Result<void> fine = co_await greet();
  while (fine) {
    // Pauses reading from an edge that does not read its answers, or they would pile up here.
    while (channel_->outbox.waiting() > 2 * std::size_t{context_.options.limits.in_flight})
      co_await wire::sleep_for(kBreath);
    Result<wire::ReceivedFrame> frame = co_await channel_->reader.next();
    if (frame) {  // Not with ?: around a co_await, which g++ 12 compiles to something else.
      fine = co_await take(std::move(*frame));
    } else {
      fine = frame.error();
    }
  }
  if (fine.error().kind != ErrorKind::corrupt) {
    // A connection without a byte is a load balancer's health check, several times a second.
    context_.lines.write(greeted_ ? spdlog::level::info : spdlog::level::debug, "gone",
                         fmt::format("edge {}: {}", channel_->edge, fine.error().message));
    co_return;
  }
  blame(fine.error().message);
  co_await part(fine.error());
}

wire::Task<> EdgeConnection::write() {
  const Error broken = co_await channel_->outbox.run();
  context_.lines.info("gone", fmt::format("edge {}: {}", channel_->edge, broken.message));
}

// Checks eight times per limit; a timer per frame would slow every edge down.
wire::Task<> EdgeConnection::watch() {
  const Duration limit = context_.options.limits.slow_frame;
  const Duration greeting = std::min(limit, context_.options.limits.handshake);
  const Duration often = std::min(greeting, context_.options.limits.idle) / 8;
  const Duration seldom = std::min(limit, context_.options.limits.idle) / 8;
  const auto passed = [limit](std::optional<TimePoint> since) { return since && Clock::now() - *since > limit; };
  for (;;) {
    co_await wire::sleep_for(std::max(kShortestLook, greeted_ ? seldom : often));
    if (channel_->gone) continue;  // The edge is already being informed.
    std::string fault;
    if (!greeted_ && Clock::now() - began_ > greeting) fault = "the greeting did not arrive in time";
    if (passed(channel_->reader.frame_since())) fault = "a frame did not end in time";
    if (passed(channel_->outbox.frame_since())) fault = "the answers are not read";
    if (is_idle(Clock::now())) {
      fault = fmt::format("nothing came for {}", to_string(context_.options.limits.idle));
      context_.refusals.note("idle", fmt::format("edge {}: connection closed: {}", channel_->edge, fault));
      co_return co_await tell(error(ErrorKind::unavailable, "{}", fault));
    }
    if (fault.empty()) continue;
    blame(fault);
    co_return co_await tell(error(ErrorKind::corrupt, "{}", fault));
  }
}

// A running edge sends keepalives.
bool EdgeConnection::is_idle(TimePoint now) const {
  return tails_->none_in_flight() && channel_->outbox.idle() &&
         now - channel_->reader.heard() > context_.options.limits.idle;
}

void EdgeConnection::blame(const std::string& what) {
  ++context_.counters.violations;
  context_.refusals.note("protocol", fmt::format("edge {}: connection closed: {}", channel_->edge, what));
}

wire::Task<> EdgeConnection::tell(Error why) {
  using namespace asio::experimental::awaitable_operators;
  channel_->gone = true;
  channel_->outbox.push(plain_frame(wire::FrameType::refusal, 0, encode(wire::Refusal{std::move(why)})));
  co_await (channel_->outbox.flushed() || wire::sleep_for(kParting));
}

// Closing a socket with unread bytes would destroy the refusal before the edge reads it: read until it hangs up.
wire::Task<> EdgeConnection::part(Error why) {
  co_await tell(std::move(why));
  channel_->stream.finish();
  co_await hear_out();
}

// Reads and drops the remaining bytes, inside TLS or not.
wire::Task<> EdgeConnection::hear_out() {
  using namespace asio::experimental::awaitable_operators;
  asio::error_code problem;
  const TimePoint until = Clock::now() + kParting;
  std::vector<std::byte> waste(4096);
  while (!problem && Clock::now() < until) {
    const auto drop = [&]() -> wire::Task<> {
      co_await channel_->stream.socket().async_read_some(asio::buffer(waste), wire::into(problem));
    };
    co_await (drop() || wire::sleep_for(kParting));
  }
}

wire::Task<Result<void>> EdgeConnection::greet() {
  const Result<wire::ReceivedFrame> frame = co_await channel_->reader.next();
  if (!frame) co_return frame.error();
  if (frame->header.type != wire::FrameType::hello || frame->header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "an edge must begin with a hello");
  }
  const Result<wire::Hello> hello = wire::decode_hello(frame->meta);
  if (!hello) co_return hello.error();
  if (const Result<void> room = let_in(); !room) {
    context_.refusals.note("too_many_connections",
                           fmt::format("edge {}: rejected: {}", channel_->edge, room.error().message));
    co_await part(room.error());
    co_return error(ErrorKind::unavailable, "it was rejected");
  }
  context_.lines.info("here", fmt::format("edge {}: {} connected", channel_->edge, hello->edge));
  const wire::Welcome welcome{context_.tails.names(), context_.options.machine, context_.options.precision,
                              static_cast<std::uint16_t>(context_.options.tails.slots)};
  channel_->outbox.push(plain_frame(wire::FrameType::welcome, 0, encode(welcome)));
  co_return Result<void>();
}

Result<void> EdgeConnection::let_in() {
  const wire::Limits& limits = context_.options.limits;
  const std::string certificate = channel_->stream.peer_identity();
  std::shared_ptr<EdgeAccount> account =
      context_.account(certificate.empty() ? channel_->address : certificate, channel_->stream.get_executor());
  if (context_.known >= limits.connections)
    return error(ErrorKind::overloaded, "this cloud serves {} edges already", context_.known);
  if (account->connections >= limits.peer_connections)
    return error(ErrorKind::overloaded, "this cloud has {} connections with {:.28} already", account->connections,
                 account->name);
  context_.strangers.remove(this);
  ++context_.known;
  ++account->connections;
  channel_->account = std::move(account);
  channel_->stream.share(channel_->account->turnstile);
  greeted_ = true;
  return {};
}

wire::Task<Result<void>> EdgeConnection::take(wire::ReceivedFrame frame) {
  if (frame.header.id == 0) co_return error(ErrorKind::corrupt, "a request has the id 0");
  switch (frame.header.type) {
    case wire::FrameType::run:
      co_return co_await tails_->take(frame);
    case wire::FrameType::probe:
      co_return co_await take_probe(frame);
    case wire::FrameType::impose:
      co_return load_->take(frame);
    default:
      co_return error(ErrorKind::corrupt, "the edge sent an unexpected frame of type {}",
                      static_cast<int>(frame.header.type));
  }
}

wire::Task<Result<void>> EdgeConnection::take_probe(const wire::ReceivedFrame& frame) {
  if (!frame.meta.empty()) co_return error(ErrorKind::corrupt, "the metadata of a frame 'probe' is broken");
  const Result<wire::Arrival> arrival = co_await channel_->reader.skip(frame.header.payload_size);
  if (!arrival) co_return arrival.error();
  wire::Stamps stamps = stamps_of(*arrival);
  const auto head = [stamps, last = arrival->last](TimePoint now) mutable {
    stamps.residence = now - last;
    return std::optional(encode(stamps));
  };
  channel_->outbox.push({wire::FrameType::echo, frame.header.id, head, {}});
  co_return Result<void>();
}

}  // namespace tideline::cloud
