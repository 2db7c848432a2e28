#include "runtime/http/http_server.h"

#include "runtime/base/descriptors.h"
#include "runtime/base/kept_memory.h"
#include "runtime/base/refusal_reasons.h"
#include "runtime/base/worker_pool.h"
#include "runtime/http/admission.h"
#include "runtime/http/http_connections.h"
#include "runtime/http/listen_watch.h"
#include "runtime/http/listening.h"
#include "runtime/http/packing.h"
#include "runtime/http/replies.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <system_error>
#include <thread>

namespace tideline::http {
namespace {

constexpr Duration kLastAnswers = std::chrono::seconds(5);  // At shutdown: to write the last answers.
constexpr Duration kLastReads = std::chrono::seconds(2);    // At shutdown: for connections to notice that they ended.
constexpr Duration kNoSocketPause = std::chrono::milliseconds(100);
constexpr std::size_t kLarge = 1 << 20;  // A body that may leave much fragmented memory.
constexpr Duration kLongestLook = std::chrono::milliseconds(500);

// Clients that read events keep their connections: most of them stay for requests.
EventStreams::Options events_of(const HttpServer::Options& options, std::size_t connections) {
  return {.clients = std::min(options.event_clients, std::max<std::size_t>(1, connections / 4)),
          .per_peer = options.event_clients_per_peer};
}

// These throw asio's exception if the address cannot be bound, or the socket does not listen.
void bind(const HttpServer::Options& options, asio::ip::tcp::acceptor& acceptor) {
  asio::ip::tcp::resolver resolver(acceptor.get_executor());
  const auto found = resolver.resolve(options.host, std::to_string(options.port), asio::ip::tcp::resolver::passive);
  const asio::ip::tcp::endpoint place = found.begin()->endpoint();
  acceptor.open(place.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(place);
  acceptor.listen(asio::socket_base::max_listen_connections);
}

void take_over(int socket, asio::ip::tcp::acceptor& acceptor) {
  int family = AF_UNSPEC;
  socklen_t size = sizeof family;
  ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
  acceptor.assign(family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket);
}

}  // namespace

class HttpServer::Server {
  using Answered = std::function<void(HttpResponse)>;  // Called on the I/O thread.

 public:
  Server(const Options& options, Handler handler, Ranking ranking, const Log& log)
      : handler_(std::move(handler)),
        ranking_(std::move(ranking)),
        log_(log),
        own_({.most = options.queue, .longest = options.queue_time}, log),
        admission_(options.admission ? *options.admission : own_),
        most_connections_(connections_that_fit(options.max_connections, log)),
        door_{.options = options,
              .log = LineLimit(log),
              .refused = admission_.refused,
              .events = EventStreams(io_, events_of(options, most_connections_))},
        connections_(door_, most_connections_) {}
  ~Server();

  // Throws asio's exception if the address cannot be bound.
  void open();
  std::uint16_t port() const { return port_; }
  bool accepts(TimePoint now) { return watch_->look(accepted_, now); }
  void publish(std::string text);

 private:
  wire::Task<> accept();
  wire::Task<> look();
  wire::Task<> refuse_late();
  std::uint64_t handle(HttpRequest request, const Answered& answered);
  std::uint64_t queue(HttpRequest request, const Answered& answered);
  void answer(const Answered& answered, HttpResponse response);  // Thread-safe, as the next.
  HttpResponse refused(const Refusal& refusal) const;            // Counts it, as the next.
  HttpResponse refused(const RequestFault& fault) const;
  HttpResponse handled(HttpRequest request) const;
  void stop_accepting();
  void close_connections();

  const Handler handler_;
  const Ranking ranking_;  // May be empty.
  const Log log_;
  Admission own_;  // Used if the options have none.
  Admission& admission_;
  std::atomic<std::uint64_t> accepted_{0};
  KeptMemory kept_;

  const std::size_t most_connections_;

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> stay_{io_.get_executor()};
  // door_ and the members up to port_ are owned by the I/O thread.
  HttpDoor door_;
  HttpConnections connections_;
  asio::ip::tcp::acceptor acceptor_{io_};
  bool ended_ = false;
  asio::steady_timer next_look_{io_};
  asio::steady_timer next_late_{io_};  // When the next request that waits can no longer be in time.

  // port_ and the members below are constant after open().
  std::uint16_t port_ = 0;
  std::vector<std::thread> workers_;
  std::unique_ptr<WorkerPool> quick_;  // For requests without a body: health and metrics wait for no inference.
  std::unique_ptr<ListenWatch> watch_;
  std::thread thread_;
  std::future<void> thread_done_;
};

void HttpServer::Server::open() {
  const Options& options = door_.options;
  if (options.socket)
    take_over(*options.socket, acceptor_);
  else
    bind(options, acceptor_);
  port_ = acceptor_.local_endpoint().port();
  watch_ = std::make_unique<ListenWatch>(acceptor_.local_endpoint());

  for (int i = 0; i < options.workers; ++i)
    workers_.emplace_back([this] {
      while (const auto begin = admission_.waiting.next()) begin();
    });
  quick_ = std::make_unique<WorkerPool>(1, options.queue);
  door_.handle = [this](HttpRequest request, const Answered& answered) { return handle(std::move(request), answered); };
  door_.withdraw = [this](std::uint64_t ticket) { return admission_.waiting.withdraw(ticket); };
  const auto on_throw = [this](std::string what) { log_->error("http: accepts no more connections: {}", what); };
  asio::co_spawn(io_, wire::guarded(accept(), on_throw), asio::detached);
  asio::co_spawn(io_, wire::guarded(look(), on_throw), asio::detached);
  asio::co_spawn(io_, wire::guarded(refuse_late(), on_throw), asio::detached);
  std::packaged_task<void()> run([this] { io_.run(); });
  thread_done_ = run.get_future();
  thread_ = std::thread(std::move(run));
}

wire::Task<> HttpServer::Server::accept() {
  while (acceptor_.is_open()) {
    asio::error_code problem;
    wire::Socket socket = co_await acceptor_.async_accept(wire::into(problem));
    if (!acceptor_.is_open()) co_return;
    if (!problem) {
      ++accepted_;
      connections_.let_in(std::move(socket));
      continue;
    }
    door_.log.warn("http_accept", fmt::format("http: cannot accept a connection: {}; {} are open",
                                              wire::words_for(problem), connections_.size()));
    connections_.make_room();
    co_await wire::sleep_for(kNoSocketPause);
  }
}

// Checks all connections a few times within each time limit, instead of a timer for each.
wire::Task<> HttpServer::Server::look() {
  const Duration pause = std::min(kLongestLook, door_.options.read_timeout / 8);
  for (asio::error_code stopped; !stopped;) {
    next_look_.expires_after(pause);
    co_await next_look_.async_wait(wire::into(stopped));
    connections_.look(Clock::now());
  }
}

// The timer is cancelled when a request comes that ends sooner, and when the server ends.
wire::Task<> HttpServer::Server::refuse_late() {
  while (!ended_) {
    next_late_.expires_at(admission_.waiting.refuse_late(Clock::now()));
    asio::error_code ignored;
    co_await next_late_.async_wait(wire::into(ignored));
  }
}

HttpResponse HttpServer::Server::handled(HttpRequest request) const {
  try {
    if (const auto fault = unpack(request, door_.options.max_body, door_.options.aligned)) return refused(*fault);
    const bool packs = may_pack(request);
    HttpResponse response = handler_(std::move(request));
    if (packs) pack(response);
    return response;
  } catch (const std::exception& thrown) {
    log_->error("http: a request ended in an exception: {}", thrown.what());
    return error_reply(500, "internal error; see the server's log");
  }
}

std::uint64_t HttpServer::Server::handle(HttpRequest request, const Answered& answered) {
  if (request.held) return queue(std::move(request), answered);
  const auto shared = std::make_shared<HttpRequest>(std::move(request));
  if (quick_->submit([this, shared, answered] { answer(answered, handled(std::move(*shared))); })) return 0;
  answered(refused({refusal::kQueueFull, error(ErrorKind::overloaded, "too many requests are waiting; retry later")}));
  return 0;
}

std::uint64_t HttpServer::Server::queue(HttpRequest request, const Answered& answered) {
  const auto rank = ranking_ ? ranking_(request) : Rank{};
  if (!rank) {
    answered(refused({refusal::kTooLate, rank.error()}));
    return 0;
  }
  const bool large = request.body.size() >= kLarge;
  const auto shared = std::make_shared<HttpRequest>(std::move(request));
  const auto begin = [this, shared, large, answered] {
    HttpResponse response = handled(std::move(*shared));
    if (large) kept_.look();
    answer(answered, std::move(response));
  };
  const auto refuse = [this, answered](const Refusal& why) { answer(answered, refused(why)); };
  const TimePoint now = Clock::now();
  const std::uint64_t ticket = admission_.waiting.add(*rank, {begin, refuse}, now);
  if (admission_.waiting.refuse_late(now) < next_late_.expiry()) next_late_.cancel();
  return ticket;
}

void HttpServer::Server::answer(const Answered& answered, HttpResponse response) {
  asio::post(io_, [answered, response = std::move(response)]() mutable { answered(std::move(response)); });
}

void HttpServer::Server::publish(std::string text) {
  asio::post(
      io_, [this, text = std::move(text), now = std::chrono::system_clock::now()] { door_.events.publish(text, now); });
}

HttpResponse HttpServer::Server::refused(const Refusal& refusal) const {
  note_request(&admission_.refused, refusal.reason, refusal.why);
  return error_reply(refusal.why);
}

HttpResponse HttpServer::Server::refused(const RequestFault& fault) const {
  if (!fault.reason.empty())
    note_request(&admission_.refused, fault.reason, error(ErrorKind::overloaded, "{}", fault.why));
  return error_reply(fault.status, fault.why);
}

void HttpServer::Server::stop_accepting() {
  std::promise<void> stopped;
  asio::post(io_, [&] {
    door_.going = true;
    door_.events.close();
    asio::error_code ignored;
    acceptor_.close(ignored);
    stopped.set_value();
  });
  stopped.get_future().wait();
}

void HttpServer::Server::close_connections() {
  asio::post(io_, [this] {
    ended_ = true;
    next_look_.cancel();
    next_late_.cancel();
    connections_.close_all();
  });
  stay_.reset();
  // The I/O thread has no more work once the last connection is closed.
  if (thread_done_.wait_for(kLastReads) == std::future_status::timeout) io_.stop();
  thread_.join();
}

HttpServer::Server::~Server() {
  if (thread_.joinable()) stop_accepting();
  admission_.waiting.close();
  for (std::thread& worker : workers_) worker.join();
  quick_.reset();
  if (!thread_.joinable()) return;
  door_.begun.wait(kLastAnswers);
  close_connections();
}

std::function<bool()> HttpRequest::wanted() const {
  if (!left) return {};
  return [left = left] { return !*left; };
}

HttpServer::HttpServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
  return server_->port();
}

void HttpServer::publish(std::string text) {
  server_->publish(std::move(text));
}

bool HttpServer::accepts(TimePoint now) {
  return server_->accepts(now);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, Handler handler, const Log& log,
                                                      Ranking ranking) {
  try {
    auto server = std::make_unique<Server>(options, std::move(handler), std::move(ranking), log);
    server->open();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(server)));
  } catch (const std::system_error& failed) {
    return cannot_listen(options.host, options.port, failed.code());
  } catch (const std::exception& failed) {
    return error(ErrorKind::invalid, "cannot listen on {}:{}: {}", options.host, options.port, failed.what());
  }
}

}  // namespace tideline::http
