// HttpServer: HTTP/1.1 on one I/O thread; requests are answered from worker threads.
//
// Knows nothing of inference: a handler gets a request and returns a response. Whatever clients do, it goes on
// accepting: when it is full, the oldest connection that asks nothing goes, and requests without a body (health,
// metrics) still get in and have a worker of their own. What is refused gets a status and a sentence:
// runtime/http/README.md. Thread-safe, but for accepts().
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

struct HttpRequest {
  std::string method;                          // "GET"
  std::string path;                            // Without the query, percent-decoded.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
  std::shared_ptr<Budget::Held> held;  // What it takes of the budget; null where it is of none.
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

class HttpServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    Bytes max_body = 64_MiB;
    int workers = 8;         // Requests with a body that are handled at once.
    std::size_t queue = 64;  // Of them, and of those without a body, that wait for a worker; more are answered 503.
    std::size_t max_connections = 1024;  // And a few more, for requests without a body.
    Duration read_timeout =
        std::chrono::seconds(60);  // Without a request, or without anything new of it or its answer.
    Budget* budget = nullptr;      // Of the bytes held for clients; null: without a bound. Must outlive the server.
  };
  using Handler = std::function<HttpResponse(HttpRequest)>;  // Called on worker threads. REQUIRES: thread-safe.

  // Binds and serves. Returns invalid when the address cannot be bound, saying why and what to do.
  static Result<std::unique_ptr<HttpServer>> start(Options options, Handler handler, Log log);
  // Stops accepting, finishes what was begun, closes.
  ~HttpServer();

  std::uint16_t port() const;

  // Returns whether connections are accepted, which it finds out by connecting, without waiting: false once none was
  // accepted for long. Call about once a second, from one thread.
  bool accepts(TimePoint now);

 private:
  class Server;
  explicit HttpServer(std::unique_ptr<Server> server);
  const std::unique_ptr<Server> server_;
};

}  // namespace tideline
