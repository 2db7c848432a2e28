#include "runtime/http/http_server.h"

#include "runtime/base/worker_pool.h"
#include "runtime/http/begun.h"
#include "runtime/http/door_socket.h"
#include "runtime/http/http_text.h"
#include "runtime/http/listening.h"
#include "runtime/http/replies.h"

#include <restinio/http_server.hpp>

#include <exception>
#include <future>
#include <system_error>
#include <thread>

namespace tideline {
namespace {

constexpr Duration kLastAnswers = std::chrono::seconds(5);  // To be written, when the server goes.
constexpr Duration kLastReads = std::chrono::seconds(2);    // For connections to notice that they were ended.

// Clients' mistakes are for whoever looks for them, not for the operator's log.
class QuietLog {
 public:
  explicit QuietLog(Log log) : log_(std::move(log)) {}
  template <typename Text>
  void trace(Text&&) const noexcept {}
  template <typename Text>
  void info(Text&&) const noexcept {}
  template <typename Text>
  void warn(Text&& text) const {
    if (log_->should_log(spdlog::level::debug)) log_->debug("http: {}", text());
  }
  template <typename Text>
  void error(Text&& text) const {
    warn(std::forward<Text>(text));
  }

 private:
  Log log_;
};

struct Traits : restinio::default_single_thread_traits_t {
  using logger_t = QuietLog;
  using stream_socket_t = DoorSocket;
  static constexpr bool use_connection_count_limiter = true;
};

HttpRequest to_request(const restinio::request_t& from, std::string path) {
  HttpRequest request;
  request.method = from.header().method().c_str();
  request.path = std::move(path);
  from.header().for_each_field([&](const auto& field) {
    std::string& value = request.headers[lower_case({field.name().data(), field.name().size()})];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  });
  request.body = from.body();
  return request;
}

}  // namespace

class HttpServer::Server {
 public:
  Server(Options options, Handler handler, Log log)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        connections_(connections_that_fit(options_.max_connections, log)),
        log_(std::move(log)),
        open_sockets_(asio::make_service<OpenSockets>(io_, options_.max_body)) {}
  ~Server();

  // Throws what asio throws when the address cannot be had.
  void open();
  std::uint16_t port() const { return port_; }

 private:
  using Settings = restinio::server_settings_t<Traits>;
  using Handle = restinio::request_handle_t;

  void configure(Settings& settings, const asio::ip::address& address);
  restinio::request_handling_status_t receive(Handle request);
  std::function<void()> work_on(Handle request, std::string path, std::shared_ptr<void> token);
  void answer(const Handle& request, HttpResponse response, std::shared_ptr<void> token);
  void stop_accepting();
  void close_connections();

  const Options options_;
  const Handler handler_;
  const std::size_t connections_;
  const Log log_;

  Begun begun_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> stay_{io_.get_executor()};
  OpenSockets& open_sockets_;  // Owned by the I/O thread, as those below.
  std::unique_ptr<restinio::http_server_t<Traits>> http_;
  bool going_ = false;

  std::uint16_t port_ = 0;  // Constant after open(), as those below.
  std::unique_ptr<WorkerPool> workers_;
  std::thread thread_;
  std::future<void> thread_done_;
};

void HttpServer::Server::configure(Settings& settings, const asio::ip::address& address) {
  const auto patience = std::chrono::duration_cast<std::chrono::steady_clock::duration>(options_.read_timeout);
  settings.address(address)
      .port(options_.port)
      .protocol(address.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4())
      .logger(log_)
      .buffer_size(64 << 10)
      .max_parallel_connections(connections_)
      .read_next_http_message_timelimit(patience)
      .write_http_response_timelimit(patience)
      // Every request is answered, by its deadline at the latest: nothing to guard.
      .handle_request_timeout(std::chrono::hours(24))
      .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t{}
                                    .max_url_size(8 << 10)
                                    .max_field_name_size(1 << 10)
                                    .max_field_value_size(16 << 10)
                                    .max_field_count(128)
                                    .max_body_size(options_.max_body.count))
      .acceptor_options_setter([](auto& options) { options.set_option(asio::ip::tcp::acceptor::reuse_address(true)); })
      .socket_options_setter([](auto& options) { options.set_option(asio::ip::tcp::no_delay(true)); })
      .acceptor_post_bind_hook([this](asio::ip::tcp::acceptor& bound) { port_ = bound.local_endpoint().port(); })
      .request_handler([this](Handle request) { return receive(std::move(request)); });
}

void HttpServer::Server::open() {
  asio::ip::tcp::resolver resolver(io_);
  const auto found = resolver.resolve(options_.host, std::to_string(options_.port), asio::ip::tcp::resolver::passive);
  const asio::ip::address address = found.begin()->endpoint().address();

  http_ = std::make_unique<restinio::http_server_t<Traits>>(restinio::external_io_context(io_),
                                                            [&](Settings& settings) { configure(settings, address); });
  http_->open_sync();
  workers_ = std::make_unique<WorkerPool>(options_.workers, options_.queue);

  std::packaged_task<void()> run([this] { io_.run(); });
  thread_done_ = run.get_future();
  thread_ = std::thread(std::move(run));
}

restinio::request_handling_status_t HttpServer::Server::receive(Handle request) {
  const auto token = begun_.token();
  const auto raw = request->header().path();
  auto path = percent_decoded({raw.data(), raw.size()});
  if (!path)
    answer(request, error_reply(400, "the path is not percent-encoded as a URL must be"), token);
  else if (going_)
    answer(request, error_reply(503, "the server is going down; ask another one"), token);
  else if (!workers_->submit(work_on(request, std::move(*path), token)))
    answer(request, error_reply(503, "too many requests wait already; come again later"), token);
  return restinio::request_accepted();
}

// RESTinio's objects belong to the I/O thread, so the job gives the request back to it and keeps no pointer.
std::function<void()> HttpServer::Server::work_on(Handle request, std::string path, std::shared_ptr<void> token) {
  return [this, request = std::move(request), path = std::move(path), token = std::move(token)]() mutable {
    HttpResponse response;
    try {
      response = handler_(to_request(*request, std::move(path)));
    } catch (const std::exception& thrown) {
      log_->error("http: a request ended in an exception: {}", thrown.what());
      response = error_reply(500, "the server failed at this request; its log says more");
    }
    asio::post(io_,
               [this, request = std::exchange(request, nullptr), token = std::exchange(token, nullptr),
                response = std::move(response)]() mutable { answer(request, std::move(response), std::move(token)); });
  };
}

void HttpServer::Server::answer(const Handle& request, HttpResponse response, std::shared_ptr<void> token) {
  const restinio::http_status_code_t code{static_cast<std::uint16_t>(response.status)};
  auto reply = request->create_response({code, std::string(reason_phrase(response.status))});
  reply.append_header(restinio::http_field::content_type, response.content_type);
  for (auto& [name, value] : response.headers) reply.append_header(std::move(name), std::move(value));
  // An answer to HEAD ends with its head, whatever follows would be taken for the next answer.
  if (request->header().method() != restinio::http_method_head()) reply.set_body(std::move(response.body));
  if (going_) reply.connection_close();
  reply.done([token = std::move(token)](const auto&) {});
}

void HttpServer::Server::stop_accepting() {
  std::promise<void> stopped;
  asio::post(io_, [&] {
    going_ = true;
    http_->close_sync();
    stopped.set_value();
  });
  stopped.get_future().wait();
}

void HttpServer::Server::close_connections() {
  asio::post(io_, [this] { open_sockets_.shut_all(); });
  stay_.reset();
  // The I/O thread runs out of work when the last connection is gone.
  if (thread_done_.wait_for(kLastReads) == std::future_status::timeout) io_.stop();
  thread_.join();
}

HttpServer::Server::~Server() {
  if (!thread_.joinable()) return;
  stop_accepting();
  workers_.reset();
  begun_.wait(kLastAnswers);
  close_connections();
}

HttpServer::HttpServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
  return server_->port();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(Options options, Handler handler, Log log) {
  try {
    auto server = std::make_unique<Server>(options, std::move(handler), std::move(log));
    server->open();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(server)));
  } catch (const std::system_error& failed) {
    return cannot_listen(options.host, options.port, failed.code());
  } catch (const std::exception& failed) {
    return error(ErrorKind::invalid, "cannot listen on {}:{}: {}", options.host, options.port, failed.what());
  }
}

}  // namespace tideline
