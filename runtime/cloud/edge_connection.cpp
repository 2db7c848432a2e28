#include "runtime/cloud/edge_connection.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::cloud {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(5);
constexpr Duration kParting = std::chrono::seconds(1);
constexpr Duration kBreath = std::chrono::milliseconds(5);

}  // namespace

EdgeConnection::EdgeConnection(wire::Socket socket, ServerContext& house)
    : house_(house),
      edge_(wire::remote_name(socket)),
      address_(identity_of(wire::remote_address(socket))),
      stream_(std::move(socket)),
      reader_(stream_, house.options.limits, house.tally.received),
      outbox_(stream_),
      began_(Clock::now()) {}

wire::Task<> EdgeConnection::serve() {
  using namespace asio::experimental::awaitable_operators;
  wire::tune(stream_.socket());
  const bool secured = co_await secure();
  if (!secured) co_return close();
  const auto on_throw = [this](std::string what) {
    house_.lines.error("thrown", fmt::format("edge {}: {}", edge_, what));
  };
  co_await (wire::guarded(listen(), on_throw) || wire::guarded(write(), on_throw) || wire::guarded(watch(), on_throw));
  gone_ = true;
  close();
  leave();
}

// Only the loading edge may send load requests, one at a time. So there is always room for the errand that removes the
// load, and no other edge may begin before it.
void EdgeConnection::leave() {
  if (guest_) {
    --guest_->connections;
    --house_.known;
  }
  if (house_.loading != this) return;
  house_.errands.submit([self = shared_from_this(), stressor = house_.options.stressor] {
    (void)stressor->impose({});
    asio::post(self->stream_.get_executor(), [self] { self->house_.loading = nullptr; });
  });
}

wire::Task<bool> EdgeConnection::secure() {
  using namespace asio::experimental::awaitable_operators;
  if (!house_.options.tls) co_return true;
  if (const auto valid = house_.tls.renew(); !valid)
    house_.refusals.note("own_certificate", fmt::format("edges will reject this cloud: {}", valid.error().message));
  asio::error_code problem;
  const auto shake = [&]() -> wire::Task<> { problem = co_await stream_.secure(*house_.tls.context()); };
  const auto first = co_await (shake() || wire::sleep_for(house_.options.limits.handshake));
  began_ = Clock::now();
  if (first.index() == 0 && !problem) co_return true;
  if (!stream_.socket().is_open()) co_return false;  // Closed here.
  if (first.index() == 1) {
    house_.refusals.note("slow_handshake", fmt::format("edge {}: rejected: the handshake did not end in time", edge_));
  } else {
    co_await keep_out(problem);
  }
  co_return false;
}

// An edge without TLS cannot read a TLS alert, so it gets a plain refusal.
wire::Task<> EdgeConnection::keep_out(const asio::error_code& problem) {
  const std::string_view reason = wire::is_tls(problem) ? name(wire::fault_of(problem)) : "broken";
  house_.refusals.note(reason, fmt::format("edge {}: rejected: {}", edge_, wire::words_for(problem)));
  if (wire::is_tls(problem) && wire::fault_of(problem) == wire::TlsFault::not_tls) {
    stream_.unsecure();
    co_await turn_away(error(ErrorKind::invalid, "it speaks only TLS; set tls.ca, tls.cert and tls.key here, too"));
  } else {
    stream_.finish();
    co_await hear_out();
  }
}

wire::Task<> EdgeConnection::turn_away(Error why) {
  using namespace asio::experimental::awaitable_operators;
  co_await (part(std::move(why)) || write() || wire::sleep_for(kParting));
  close();
}

void EdgeConnection::close() {
  stream_.close();
}

void EdgeConnection::say_goodbye(const std::string& reason) {
  if (greeted_) {
    outbox_.push(plain_frame(wire::FrameType::goodbye, 0, encode(wire::Goodbye{reason})));
  } else {
    close();
  }
}

wire::Task<> EdgeConnection::listen() {
  Result<void> fine = co_await greet();
  while (fine) {
    // Pauses reading from an edge that does not read its answers, or they would pile up here.
    while (outbox_.waiting() > 2 * std::size_t{house_.options.limits.in_flight}) co_await wire::sleep_for(kBreath);
    Result<wire::ReceivedFrame> frame = co_await reader_.next();
    if (frame) {  // Not with ?: around a co_await, which g++ 12 compiles to something else.
      fine = co_await take(std::move(*frame));
    } else {
      fine = frame.error();
    }
  }
  if (fine.error().kind != ErrorKind::corrupt) {
    // A connection without a byte is a load balancer's health check, several times a second.
    house_.lines.write(greeted_ ? spdlog::level::info : spdlog::level::debug, "gone",
                       fmt::format("edge {}: {}", edge_, fine.error().message));
    co_return;
  }
  blame(fine.error().message);
  co_await part(fine.error());
}

wire::Task<> EdgeConnection::write() {
  const Error broken = co_await outbox_.run();
  house_.lines.info("gone", fmt::format("edge {}: {}", edge_, broken.message));
}

// Checks eight times per limit; a timer per frame would slow every edge down.
wire::Task<> EdgeConnection::watch() {
  const Duration limit = house_.options.limits.slow_frame;
  const Duration greeting = std::min(limit, house_.options.limits.handshake);
  const Duration often = std::min(greeting, house_.options.limits.idle) / 8;
  const Duration seldom = std::min(limit, house_.options.limits.idle) / 8;
  const auto passed = [limit](std::optional<TimePoint> since) { return since && Clock::now() - *since > limit; };
  for (;;) {
    co_await wire::sleep_for(std::max(kShortestLook, greeted_ ? seldom : often));
    if (gone_) continue;  // The edge is already being informed.
    std::string fault;
    if (!greeted_ && Clock::now() - began_ > greeting) fault = "the greeting did not arrive in time";
    if (passed(reader_.frame_since())) fault = "a frame did not end in time";
    if (passed(outbox_.frame_since())) fault = "the answers are not read";
    if (is_idle(Clock::now())) {
      fault = fmt::format("nothing came for {}", to_string(house_.options.limits.idle));
      house_.refusals.note("idle", fmt::format("edge {}: connection closed: {}", edge_, fault));
      co_return co_await tell(error(ErrorKind::unavailable, "{}", fault));
    }
    if (fault.empty()) continue;
    blame(fault);
    co_return co_await tell(error(ErrorKind::corrupt, "{}", fault));
  }
}

// A running edge sends keepalives.
bool EdgeConnection::is_idle(TimePoint now) const {
  return in_flight_->requests == 0 && outbox_.idle() && now - reader_.heard() > house_.options.limits.idle;
}

void EdgeConnection::blame(const std::string& what) {
  ++house_.tally.violations;
  house_.refusals.note("protocol", fmt::format("edge {}: connection closed: {}", edge_, what));
}

wire::Task<> EdgeConnection::tell(Error why) {
  using namespace asio::experimental::awaitable_operators;
  gone_ = true;
  outbox_.push(plain_frame(wire::FrameType::refusal, 0, encode(wire::Refusal{std::move(why)})));
  co_await (outbox_.flushed() || wire::sleep_for(kParting));
}

// Closing a socket with unread bytes would destroy the refusal before the edge reads it: read until it hangs up.
wire::Task<> EdgeConnection::part(Error why) {
  co_await tell(std::move(why));
  stream_.finish();
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
      co_await stream_.socket().async_read_some(asio::buffer(waste), wire::into(problem));
    };
    co_await (drop() || wire::sleep_for(kParting));
  }
}

wire::Task<Result<void>> EdgeConnection::greet() {
  const Result<wire::ReceivedFrame> frame = co_await reader_.next();
  if (!frame) co_return frame.error();
  if (frame->header.type != wire::FrameType::hello || frame->header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "an edge must begin with a hello");
  }
  const Result<wire::Hello> hello = wire::decode_hello(frame->meta);
  if (!hello) co_return hello.error();
  if (const Result<void> room = let_in(); !room) {
    house_.refusals.note("too_many_connections", fmt::format("edge {}: rejected: {}", edge_, room.error().message));
    co_await part(room.error());
    co_return error(ErrorKind::unavailable, "it was rejected");
  }
  house_.lines.info("here", fmt::format("edge {}: {} connected", edge_, hello->edge));
  const wire::Welcome welcome{house_.tails.names(), house_.options.machine, house_.options.precision};
  outbox_.push(plain_frame(wire::FrameType::welcome, 0, encode(welcome)));
  co_return Result<void>();
}

Result<void> EdgeConnection::let_in() {
  const wire::Limits& limits = house_.options.limits;
  const std::string certificate = stream_.peer_identity();
  std::shared_ptr<EdgeAccount> guest =
      house_.guest(certificate.empty() ? address_ : certificate, stream_.get_executor());
  if (house_.known >= limits.connections)
    return error(ErrorKind::overloaded, "this cloud serves {} edges already", house_.known);
  if (guest->connections >= limits.peer_connections)
    return error(ErrorKind::overloaded, "this cloud has {} connections with {:.28} already", guest->connections,
                 guest->name);
  house_.strangers.remove(this);
  ++house_.known;
  ++guest->connections;
  guest_ = std::move(guest);
  stream_.share(guest_->turnstile);
  greeted_ = true;
  return {};
}

std::shared_ptr<EdgeAccount> ServerContext::guest(const std::string& name, const asio::any_io_executor& executor) {
  std::erase_if(guests, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<EdgeAccount>& known_one = guests[name];
  std::shared_ptr<EdgeAccount> guest = known_one.lock();
  if (!guest) known_one = guest = std::make_shared<EdgeAccount>(name, executor);
  return guest;
}

}  // namespace tideline::cloud
