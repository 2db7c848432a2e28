#include "runtime/link/reconnector.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kFirstBackOff = std::chrono::milliseconds(50);
constexpr Duration kLongestBackOff = std::chrono::seconds(2);

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string words_for(const Addresses& places) {
  std::string words;
  for (const auto& place : places)
    words += (words.empty() ? "" : " or ") + to_string(wire::Endpoint{place.address().to_string(), place.port()});
  return words;
}

}  // namespace

TcpLink::Reconnector::Reconnector(Options options, LinkListener* listener, Log log)
    : options_(std::move(options)), listener_(listener), lines_(std::move(log)), status_(to_string(options_.peer)) {}

void TcpLink::Reconnector::open() {
  asio::co_spawn(io_, wire::guarded(live(), [this](std::string what) { status_.set_down(std::move(what)); }),
                 asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

void TcpLink::Reconnector::close() {
  post([this] {
    closing_ = true;
    stream_.close();
    lookup_.cancel();
    dialler_.close();
    back_off_.cancel();
  });
  thread_.join();
}

std::shared_ptr<Exchange> TcpLink::Reconnector::submit(LinkRequest request) {
  auto exchange = std::make_shared<Exchange>(next_id_++, std::move(request));
  const auto* const tail = std::get_if<wire::TailRequest>(&exchange->request);
  const Result<void> open = tail ? status_.check_tail(tail->priority) : status_.check();
  if (!open) {
    exchange->fail(open.error());
    return exchange;
  }
  post([this, exchange] {
    if (connection_) return connection_->submit(exchange);
    exchange->fail(status_.check().error());
  });
  return exchange;
}

void TcpLink::Reconnector::abandon(std::uint64_t id) {
  post([this, id] {
    if (connection_) connection_->abandon(id);
  });
}

void TcpLink::Reconnector::probe(Bytes payload) {
  post([this, payload] {
    if (connection_) connection_->probe(payload);
  });
}

void TcpLink::Reconnector::limit(std::optional<BitsPerSecond> rate) {
  post([this, rate] {
    rate_ = rate;
    if (connection_) connection_->limit(rate);
  });
}

void TcpLink::Reconnector::delay(Duration added) {
  post([this, added] {
    delay_ = added;
    if (connection_) connection_->delay(added);
  });
}

void TcpLink::Reconnector::post(std::function<void()> job) {
  asio::post(io_, std::move(job));
}

// Dials, greets, talks, and begins again, until close().
wire::Task<> TcpLink::Reconnector::live() {
  Duration back_off = kFirstBackOff;
  std::string last_why;
  while (!closing_) {
    const TimePoint began = Clock::now();
    Result<wire::Welcome> welcome = co_await meet();
    Duration spent = Clock::now() - began;
    std::string why;
    if (welcome) {
      spent = {};
      last_why.clear();
      const Error ended = co_await talk(std::move(*welcome));
      // A peer that violated the protocol will do so again: the back-off grows as for an unreachable one.
      if (ended.kind != ErrorKind::corrupt) back_off = kFirstBackOff;
      why = ended.message;
    } else {
      why = welcome.error().message;
    }
    status_.set_down(why);
    connection_.reset();
    if (closing_) break;
    // One line for an unreachable cloud, not one per attempt.
    if (why != last_why) lines_.warn("down", fmt::format("{}: {}", to_string(options_.peer), why));
    last_why = std::move(why);
    // The time of a failed attempt counts as part of the back-off.
    back_off_.expires_after(std::max(kFirstBackOff, back_off - spent));
    asio::error_code ignored;
    co_await back_off_.async_wait(wire::into(ignored));
    back_off = std::min(2 * back_off, kLongestBackOff);
  }
}

wire::Task<Error> TcpLink::Reconnector::talk(wire::Welcome welcome) {
  status_.set_up(std::move(welcome), connection_->mark());
  lines_.info("connected", to_string(options_.peer) + ": connected");
  Error ended = co_await connection_->talk();
  if (ended.kind == ErrorKind::corrupt) status_.note_violation();
  co_return ended;
}

wire::Task<Result<wire::Welcome>> TcpLink::Reconnector::meet() {
  stream_.close();
  stream_.unsecure();
  const Result<void> valid = options_.tls.renew();
  if (!valid) co_return valid.error();
  const Result<void> dialled = co_await dial();
  if (!dialled) co_return dialled.error();
  wire::tune(stream_.socket());
  Result<wire::Welcome> welcome = co_await introduce();
  // An address that connects but does not respond must not block the next address of that name.
  passed_over_ = welcome ? std::nullopt : std::optional(place_);
  co_return welcome;
}

// Returns true iff `part` ended in time; otherwise cancels it.
wire::Task<bool> TcpLink::Reconnector::in_time(wire::Task<> part) {
  using namespace asio::experimental::awaitable_operators;
  const auto first = co_await (std::move(part) || wire::sleep_for(options_.connect_timeout));
  co_return first.index() == 0;
}

Error TcpLink::Reconnector::no_answer(std::string_view step) const {
  return error(ErrorKind::unavailable, "it did not answer within {} ({})", to_string(options_.connect_timeout), step);
}

wire::Task<Result<wire::Welcome>> TcpLink::Reconnector::introduce() {
  if (options_.tls) {
    status_.set_step(fmt::format("the link is connecting: TLS with {}", wire::remote_name(stream_.socket())));
    asio::error_code problem;
    const auto shake = [&]() -> wire::Task<> { problem = co_await secure(); };
    const bool shaken = co_await in_time(shake());
    if (!shaken) co_return no_answer("TLS");
    if (problem)
      co_return error(ErrorKind::unavailable, "no TLS with {}: {}", name_of_peer(), wire::words_for(problem));
  }
  status_.set_step(fmt::format("the link is connecting: greeting {}", wire::remote_name(stream_.socket())));
  begin_connection();
  std::optional<Result<wire::Welcome>> welcome;
  const auto greet = [&]() -> wire::Task<> {
    Result<wire::Welcome> said = co_await connection_->greet(host_name());
    welcome = std::move(said);
  };
  const bool greeted = co_await in_time(greet());
  if (!greeted || !welcome) co_return no_answer("the greeting");
  co_return std::move(*welcome);
}

void TcpLink::Reconnector::begin_connection() {
  const auto on_silence = [this](Duration so_far) {
    lines_.warn("silent", fmt::format("{}: no response for {}; requests proceed without it", to_string(options_.peer),
                                      to_string(so_far)));
    status_.set_silent(fmt::format("no response for {}, not even to a keepalive", to_string(so_far)));
  };
  const auto on_speech = [this] {
    lines_.info("heard", to_string(options_.peer) + ": it responds again");
    status_.set_heard();
  };
  ConnectionSetting setting{options_,
                            listener_,
                            next_id_,
                            [this](const std::string& reason) { status_.set_down("the cloud is draining: " + reason); },
                            [this](Priority of, Duration time) { status_.set_busy(of, Clock::now() + time); },
                            on_silence,
                            on_speech};
  connection_ = std::make_unique<CloudConnection>(stream_, std::move(setting));
  connection_->limit(rate_);
  connection_->delay(delay_);
}

wire::Task<Result<void>> TcpLink::Reconnector::dial() {
  Result<Addresses> places = co_await resolve();
  if (!places) co_return places.error();
  if (closing_) co_return error(ErrorKind::unavailable, "the link was closed");
  std::ranges::stable_partition(*places, [this](const auto& place) { return place != passed_over_; });
  status_.set_step(fmt::format("the link is connecting: waiting for {} to answer", words_for(*places)));
  Result<std::unique_ptr<wire::Socket>> socket =
      co_await dialler_.first_of(std::move(*places), options_.connect_timeout);
  if (!socket) co_return socket.error();
  if (closing_) co_return error(ErrorKind::unavailable, "the link was closed");
  stream_.socket() = std::move(**socket);
  asio::error_code ignored;
  place_ = stream_.socket().remote_endpoint(ignored);
  co_return Result<void>();
}

// The certificate must name the configured host, whatever address it was resolved to.
const std::string& TcpLink::Reconnector::name_of_peer() const {
  return options_.tls_name.empty() ? options_.peer.host : options_.tls_name;
}

wire::Task<asio::error_code> TcpLink::Reconnector::secure() {
  const auto context = options_.tls.context();  // It may be replaced during the handshake.
  const asio::error_code problem = co_await stream_.secure(*context, name_of_peer());
  co_return problem;
}

// A numeric address needs no lookup, which would cost a thread.
wire::Task<Result<Addresses>> TcpLink::Reconnector::resolve() {
  asio::error_code no_address;
  const auto address = asio::ip::make_address(options_.peer.host, no_address);
  if (!no_address) co_return Addresses{asio::ip::tcp::endpoint(address, options_.peer.port)};
  status_.set_step(fmt::format("the link is connecting: asking the name servers for {}", options_.peer.host));
  Result<Addresses> found = co_await lookup_.of(options_.peer, options_.connect_timeout);
  co_return found;
}

}  // namespace tideline::link
