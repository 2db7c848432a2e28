// HttpServer: an HTTP/1.1 server: one I/O thread reads and writes, worker threads call a handler for each request.
//
//   const auto handler = [](const HttpRequest& request) { return HttpResponse{.body = request.path}; };
//   auto http = HttpServer::start({.host = "127.0.0.1", .port = 8080}, handler, log);
//   if (!http) return http.error();
//   const bool healthy = (*http)->accepts(Clock::now());  // About once a second.
//
// Does not depend on inference: a handler gets a request and returns a response. Requests with a body wait for a worker
// in a bounded queue (waiting_requests.h); one whose client leaves meanwhile is dropped. Whatever clients do, the
// server goes on accepting. When it is full, it closes the oldest idle connection. Requests without a body (health,
// metrics) still get in, and have a worker of their own. A refused request gets a status and a sentence
// (runtime/http/README.md). The I/O thread also writes events to those who read the event stream. Thread-safe except
// accepts().
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/http/access.h"
#include "runtime/http/body.h"
#include "runtime/http/request_head.h"
#include "runtime/http/waiting_requests.h"
#include "runtime/wire/tls.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::http {

using Headers = std::map<std::string, std::string>;  // By name, in lower case.

struct Admission;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // Without the query, percent-decoded.
  std::string query;   // After the '?', as it came; empty if there is none.
  Headers headers;
  Body body;
  std::shared_ptr<Budget::Held> held;             // Its share of the budget; null without a budget.
  TimePoint received = Clock::now();              // When all of it had come.
  std::shared_ptr<const std::atomic<bool>> left;  // Whether its client has gone; null: that is not known.

  // Returns a function that tells whether its client still waits; empty if that is not known.
  std::function<bool()> wanted() const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Set: the answer is the stream of events after that one, and has no body.
  std::optional<std::uint64_t> events_after = {};
  Notes notes;  // For the access log.
};

class HttpServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    // A socket that listens for TCP over IP already, and belongs to the server from its start on; host and port only
    // name it then. Absent: the server makes one.
    std::optional<int> socket;
    std::shared_ptr<const wire::TlsContext> tls;  // Of a server; null: plain TCP.
    Bytes max_body = 64_MiB;
    int workers = 8;         // Requests with a body that are handled at once.
    std::size_t queue = 64;  // Waiting requests with a body, and as many without one; of more, some are answered 503.
    Duration queue_time = std::chrono::seconds(30);  // The longest that a request with a body waits.
    Admission* admission = nullptr;      // Holds the queue, with bounds of its own; null: the server does, with these.
    std::size_t max_connections = 1024;  // Plus a few for requests without a body.
    Duration read_timeout =
        std::chrono::seconds(60);    // The longest time without a request, or without progress of it or its answer.
    std::size_t event_clients = 64;  // That read the event stream at once; fewer if few connections fit.
    std::size_t event_clients_per_peer = 8;  // Those of them that one address or network has.
    Budget* budget = nullptr;  // Bounds the bytes held for clients; null: no bound. Must outlive the server.
    // Returns which byte of a body with these headers is to be aligned in memory; empty: the first one.
    std::function<std::size_t(const Headers&)> aligned;
    // Returns why a request may not come in, before any of its body is read; empty: all may. Called on the I/O thread.
    std::function<std::optional<RequestFault>(const RequestHead&)> admit;
    // Told of every answer once it is written. Called on the I/O thread, so it must be quick; empty: nobody is told.
    std::function<void(const Access&)> access;
  };
  using Handler = std::function<HttpResponse(HttpRequest)>;  // Called on worker threads. REQUIRES: thread-safe.
  // Says how urgent a request with a body is, or why it can no longer be answered in time. Called on the I/O thread, so
  // it must be quick.
  using Ranking = std::function<Result<Rank>(const HttpRequest&)>;

  // Binds and serves. Returns invalid, with reason and remedy, if the address cannot be bound.
  // Without a ranking all requests are alike.
  static Result<std::unique_ptr<HttpServer>> start(const Options& options, Handler handler, const Log& log,
                                                   Ranking ranking = {});
  // Stops accepting, finishes the requests that have begun, closes.
  ~HttpServer();

  std::uint16_t port() const;

  // Sends an event to the clients of the event stream, and keeps it for later ones (event_log.h).
  void publish(std::string text);

  // Returns whether the server accepts connections. It connects to itself, without waiting, and returns false once no
  // connection was accepted for ten seconds. Call about once a second, from one thread.
  bool accepts(TimePoint now);

 private:
  class Server;
  explicit HttpServer(std::unique_ptr<Server> server);
  const std::unique_ptr<Server> server_;
};

}  // namespace tideline::http
