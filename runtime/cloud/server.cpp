#include "runtime/cloud/server.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::cloud {
namespace {

constexpr Duration kNoSocketPause = std::chrono::milliseconds(100);
constexpr Duration kLastWords = std::chrono::seconds(2);

}  // namespace

CloudServer::Server::Server(Options options, std::vector<Named> models, Log log)
    : context_(std::move(options), std::move(models), std::move(log), own_budget_) {}

CloudServer::Server::~Server() {
  if (!thread_.joinable()) return;
  on_io([this] { close_all(); });
  thread_.join();
}

Result<void> CloudServer::Server::bind() {
  const wire::Endpoint& listen = context_.options.listen;
  const auto problem_with = [&](const asio::error_code& problem, std::string_view remedy) {
    return error(ErrorKind::invalid, "cannot listen on {}: {}; {}", to_string(listen), wire::words_for(problem),
                 remedy);
  };
  asio::error_code problem;
  asio::ip::tcp::resolver resolver(io_);
  const auto flags = asio::ip::tcp::resolver::passive | asio::ip::tcp::resolver::numeric_service;
  const auto places = resolver.resolve(listen.host, std::to_string(listen.port), flags, problem);
  if (problem) return problem_with(problem, "name an address of this machine, or 0.0.0.0 for all");
  const asio::ip::tcp::endpoint place = places.begin()->endpoint();
  acceptor_.open(place.protocol(), problem);
  if (!problem) acceptor_.set_option(asio::socket_base::reuse_address(true), problem);
  if (!problem) acceptor_.bind(place, problem);
  if (!problem) acceptor_.listen(asio::socket_base::max_listen_connections, problem);
  if (!problem) port_ = acceptor_.local_endpoint(problem).port();
  if (!problem) return {};
  if (problem == asio::error::address_in_use) {
    return problem_with(problem, "stop the program that listens there or choose another port");
  }
  return problem_with(problem, "choose an address and a port that this user may listen on");
}

void CloudServer::Server::open() {
  const auto on_throw = [log = context_.log](std::string what) {
    log->error("the cloud accepts no more edges: {}", what);
  };
  asio::co_spawn(io_, wire::guarded(accept(), on_throw), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

wire::Task<> CloudServer::Server::accept() {
  while (acceptor_.is_open()) {
    asio::error_code problem;
    wire::Socket socket = co_await acceptor_.async_accept(wire::into(problem));
    if (!problem) {
      asio::co_spawn(io_, host(std::move(socket)), asio::detached);
    } else if (acceptor_.is_open()) {
      context_.lines.warn("accept", fmt::format("cannot accept an edge: {}", wire::words_for(problem)));
      co_await wire::sleep_for(kNoSocketPause);
    }
  }
}

wire::Task<> CloudServer::Server::host(wire::Socket socket) {
  const auto connection = std::make_shared<EdgeConnection>(std::move(socket), context_);
  connections_.insert(connection);
  {
    const std::lock_guard lock(m_);
    open_ = connections_.size();
  }
  if (closing_) connection->close();
  const auto on_throw = [this](const std::string& what) {
    context_.lines.error("thrown", "an edge was dropped: " + what);
  };
  co_await wire::guarded(receive(*connection), on_throw);
  context_.strangers.remove(connection.get());
  connections_.erase(connection);
  const std::lock_guard lock(m_);
  open_ = connections_.size();
  left_.notify_all();
}

// Before its greeting, a connection takes only the place of another one without a greeting.
void CloudServer::Server::receive_stranger(const EdgeConnection& connection) {
  const auto silent = [](UnidentifiedPeers::Who who) { return static_cast<const EdgeConnection*>(who)->is_silent(); };
  const auto gone = context_.strangers.add(&connection, connection.address(), silent);
  if (!gone) return;
  context_.refusals.note(
      "silent", fmt::format("{} has many connections without a greeting; the oldest was closed", connection.address()));
  const auto is_it = [&](const std::shared_ptr<EdgeConnection>& other) { return other.get() == *gone; };
  if (const auto at = std::ranges::find_if(connections_, is_it); at != connections_.end()) (*at)->close();
}

// Under TLS a refusal would first need a handshake, which costs too much during a flood: the server just hangs up.
wire::Task<> CloudServer::Server::receive(EdgeConnection& connection) {
  receive_stranger(connection);
  if (context_.known < context_.options.limits.connections) co_return co_await connection.serve();
  const Error full = error(ErrorKind::overloaded, "this cloud serves {} edges already", context_.known);
  context_.refusals.note("too_many_connections",
                         fmt::format("{} was rejected: {}", connection.address(), full.message));
  if (!context_.options.tls) co_await connection.turn_away(full);
  connection.close();
}

void CloudServer::Server::close_all() {
  closing_ = true;
  asio::error_code ignored;
  acceptor_.close(ignored);
  for (const std::shared_ptr<EdgeConnection>& connection : connections_) connection->close();
}

CloudServer::Counters CloudServer::Server::counters() const {
  const ServerCounters& total = context_.counters;
  Counters counters;
  {
    const std::lock_guard lock(m_);
    counters.connections = open_;
  }
  counters.waiting = context_.compute.queued();
  counters.runs = context_.compute.runs();
  counters.served = total.served;
  counters.refused = total.refused;
  counters.violations = total.violations;
  counters.received.count = total.received;
  const StreamReferences::Counters kept = context_.references.counters();
  counters.streams = kept.streams;
  counters.stream_references = kept.frames;
  counters.stream_reference_bytes = kept.bytes;
  counters.refusals = context_.refusals.counts();
  return counters;
}

// The edges hang up: only they know that none of their requests is outstanding.
void CloudServer::Server::drain(TimePoint deadline) {
  on_io([this] {
    closing_ = true;
    asio::error_code ignored;
    acceptor_.close(ignored);
    for (const std::shared_ptr<EdgeConnection>& connection : connections_)
      connection->say_goodbye("it is being stopped");
  });
  const auto empty = [this] { return open_ == 0; };
  std::unique_lock lock(m_);
  if (left_.wait_until(lock, deadline, empty)) return;
  lock.unlock();
  on_io([this] { close_all(); });
  lock.lock();
  left_.wait_for(lock, kLastWords, empty);
}

void CloudServer::Server::on_io(std::function<void()> job) {
  asio::post(io_, std::move(job));
}

}  // namespace tideline::cloud
