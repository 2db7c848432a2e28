#include "runtime/net/connection.h"

#include <asio/co_spawn.hpp>
#include <asio/connect.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tideline {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(50);
constexpr Duration kLongestPause = std::chrono::seconds(2);

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace

TcpLink::Connection::Connection(Options options, LinkListener* listener, Log log)
    : options_(std::move(options)), listener_(listener), lines_(std::move(log)), status_(to_string(options_.peer)) {}

void TcpLink::Connection::open() {
  asio::co_spawn(io_, guarded(live(), [this](std::string what) { status_.set_down(std::move(what)); }), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

void TcpLink::Connection::close() {
  post([this] {
    closing_ = true;
    stream_.close();
    resolver_.cancel();
    pause_.cancel();
  });
  thread_.join();
}

std::shared_ptr<Exchange> TcpLink::Connection::submit(LinkRequest request) {
  auto exchange = std::make_shared<Exchange>(next_id_++, std::move(request));
  const bool tail = std::holds_alternative<TailRequest>(exchange->request);
  const Result<void> open = tail ? status_.check_tail() : status_.check();
  if (!open) {
    exchange->fail(open.error());
    return exchange;
  }
  post([this, exchange] {
    if (conversation_) return conversation_->submit(exchange);
    exchange->fail(status_.check().error());
  });
  return exchange;
}

void TcpLink::Connection::abandon(std::uint64_t id) {
  post([this, id] {
    if (conversation_) conversation_->abandon(id);
  });
}

void TcpLink::Connection::probe(Bytes payload) {
  post([this, payload] {
    if (conversation_) conversation_->probe(payload);
  });
}

void TcpLink::Connection::limit(std::optional<BitsPerSecond> rate) {
  post([this, rate] {
    rate_ = rate;
    if (conversation_) conversation_->limit(rate);
  });
}

void TcpLink::Connection::delay(Duration added) {
  post([this, added] {
    delay_ = added;
    if (conversation_) conversation_->delay(added);
  });
}

void TcpLink::Connection::post(std::function<void()> job) {
  asio::post(io_, std::move(job));
}

// Dials, greets, talks, and begins again, until close().
Task<> TcpLink::Connection::live() {
  Duration pause = kFirstPause;
  std::string last_why;
  while (!closing_) {
    const TimePoint began = Clock::now();
    Result<Welcome> welcome = co_await meet();
    Duration spent = Clock::now() - began;
    std::string why;
    if (welcome) {
      spent = {};
      last_why.clear();
      const Error ended = co_await converse(std::move(*welcome));
      // Who says what cannot be says it again: it is come back to as to one that is not there.
      if (ended.kind != ErrorKind::corrupt) pause = kFirstPause;
      why = ended.message;
    } else {
      why = welcome.error().message;
    }
    status_.set_down(why);
    conversation_.reset();
    if (closing_) break;
    // A cloud that stays away is worth one line, not one per attempt.
    if (why != last_why) lines_.warn("down", fmt::format("{}: {}", to_string(options_.peer), why));
    last_why = std::move(why);
    // An attempt that waited for an answer has paused by itself.
    pause_.expires_after(std::max(kFirstPause, pause - spent));
    asio::error_code ignored;
    co_await pause_.async_wait(into(ignored));
    pause = std::min(2 * pause, kLongestPause);
  }
}

Task<Error> TcpLink::Connection::converse(Welcome welcome) {
  status_.set_up(std::move(welcome));
  lines_.info("connected", to_string(options_.peer) + ": connected");
  Error ended = co_await conversation_->talk();
  if (ended.kind == ErrorKind::corrupt) status_.note_violation();
  co_return ended;
}

Task<Result<Welcome>> TcpLink::Connection::meet() {
  using namespace asio::experimental::awaitable_operators;
  stream_.close();
  stream_.unsecure();
  std::optional<Result<Welcome>> outcome;
  const auto first = co_await (reach(outcome) || sleep_for(options_.dead_after));
  if (first.index() == 1 || !outcome) {
    co_return error(ErrorKind::unavailable, "it did not answer within {}", to_string(options_.dead_after));
  }
  co_return std::move(*outcome);
}

Task<> TcpLink::Connection::reach(std::optional<Result<Welcome>>& outcome) {
  const Result<void> dialled = co_await dial();
  if (!dialled) {
    outcome = dialled.error();
    co_return;
  }
  tune(stream_.socket());
  const Result<void> secured = co_await secure();
  if (!secured) {
    outcome = secured.error();
    co_return;
  }
  Conversation::Setting setting{options_, listener_, next_id_,
                                [this](std::string reason) { status_.set_down("the cloud is draining: " + reason); },
                                [this](Duration time) { status_.set_busy(Clock::now() + time); }};
  conversation_ = std::make_unique<Conversation>(stream_, std::move(setting));
  conversation_->limit(rate_);
  conversation_->delay(delay_);
  Result<Welcome> welcome = co_await conversation_->greet(host_name());
  outcome = std::move(welcome);
}

Task<Result<void>> TcpLink::Connection::dial() {
  asio::error_code problem;
  const auto places = co_await resolve(problem);
  if (problem)
    co_return error(ErrorKind::unavailable, "{} cannot be resolved: {}", options_.peer.host, words_for(problem));
  for (const auto& place : places) {
    if (closing_) break;
    stream_.socket().close(problem);
    co_await stream_.socket().async_connect(place.endpoint(), into(problem));
    if (!problem && !closing_) co_return Result<void>();
  }
  co_return error(ErrorKind::unavailable, "{}", problem ? words_for(problem) : "the link was closed");
}

// The host that was asked for is the one that the certificate has to name, whatever it was resolved to.
Task<Result<void>> TcpLink::Connection::secure() {
  if (!options_.tls) co_return Result<void>();
  const std::string& name = options_.tls_name.empty() ? options_.peer.host : options_.tls_name;
  const asio::error_code problem = co_await stream_.secure(*options_.tls, name);
  if (!problem) co_return Result<void>();
  co_return error(ErrorKind::unavailable, "no TLS with {}: {}", name, words_for(problem));
}

// An address is taken as it is: asking the resolver would cost a thread, and answers nothing new.
Task<asio::ip::tcp::resolver::results_type> TcpLink::Connection::resolve(asio::error_code& problem) {
  using Results = asio::ip::tcp::resolver::results_type;
  asio::error_code no_address;
  const auto address = asio::ip::make_address(options_.peer.host, no_address);
  if (!no_address) co_return Results::create(asio::ip::tcp::endpoint(address, options_.peer.port), "", "");
  const std::string port = std::to_string(options_.peer.port);
  co_return co_await resolver_.async_resolve(options_.peer.host, port, into(problem));
}

}  // namespace tideline
