// HttpConnection: one client's connection; reads its requests, hands them over, writes their answers.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/http/in_flight_counter.h"
#include "runtime/http/http_server.h"
#include "runtime/http/request_head.h"
#include "runtime/wire/socket.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

// What the connections of one server share.
struct HttpDoor {
  HttpServer::Options options;
  LineLimit log;
  // Has a request answered, later and on the I/O thread. Returns false, and drops it, when too many wait.
  std::function<bool(HttpRequest, std::function<void(HttpResponse)>)> handle;
  InFlightCounter begun;                                        // Requests that are to be answered.
  bool going = false;                                 // The server is: what comes now is refused.
  std::array<char, std::size_t{64} << 10> scratch{};  // What was read last, until somebody waits again.
};

class HttpConnection {
 public:
  enum class Doing { waiting, reading, working, writing, leaving };

  // `spare`: serves one request without a body and goes, because the house is full.
  HttpConnection(Socket socket, HttpDoor& door, bool spare);

  // Returns when the connection has ended. REQUIRES: *this and the door live until then.
  Task<> serve();

  void close();              // serve() returns soon.
  void look(TimePoint now);  // Ends what takes too long.
  Doing doing() const { return doing_; }
  TimePoint since() const { return since_; }  // When it began to do that.
  bool is_spare() const { return spare_; }
  bool asks_nothing() const;  // Nothing is lost when it is closed.

 private:
  // Why a request ends here; without a status when nobody is there to be told.
  using Fault = std::optional<RequestFault>;

  Task<Fault> read_head(RequestHead& head);
  Task<Fault> read_body(const RequestHead& head, HttpRequest& request);
  Task<Fault> read_plain(std::uint64_t length, std::string& body);
  Task<Fault> read_chunks(HttpRequest& request);
  Fault keep(std::string_view piece, std::uint64_t announced, HttpRequest& request) const;
  Task<std::string_view> some();
  Fault interrupted() const;

  Task<bool> answer(const RequestHead& head, HttpRequest request);
  Task<HttpResponse> respond(HttpRequest request, const RequestHead& head);
  Task<bool> write(std::string_view head, std::string_view body);
  Task<> refuse(RequestFault refusal);
  Task<> leave();

  void enter(Doing doing);
  void progress(std::size_t bytes);

  Socket socket_;
  HttpDoor& door_;
  const std::string peer_;  // Whose budget it takes from.
  const bool spare_;

  std::string pending_;  // What has come and belongs to no request yet.
  Doing doing_ = Doing::waiting;
  TimePoint since_;
  TimePoint deadline_;
  std::uint64_t moved_ = 0;  // Bytes since then.
  bool late_ = false;
};

}  // namespace tideline
