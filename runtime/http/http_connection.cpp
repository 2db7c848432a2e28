#include "runtime/http/http_connection.h"

#include "runtime/base/refusal_reasons.h"
#include "runtime/base/trace_context.h"
#include "runtime/cloud/edge_account.h"
#include "runtime/http/chunked_body.h"
#include "runtime/http/client_departure.h"
#include "runtime/http/http_text.h"
#include "runtime/http/replies.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace tideline::http {
namespace {

constexpr double kSlowest = 16 << 10;                     // Least bytes per second of a request or an answer.
constexpr Duration kLastWords = std::chrono::seconds(5);  // For a client to read why it was refused.
constexpr Duration kSparePatience = std::chrono::seconds(5);
constexpr std::size_t kPiece = 256 << 10;  // Bytes of an answer between two checks of its time.
constexpr std::size_t kFirstChunks = 64 << 10;
constexpr Duration kEventsRetry = std::chrono::seconds(5);

RequestFault too_large(std::uint64_t size, Bytes most) {
  return {413, fmt::format("the body of {} bytes is larger than the limit of {} bytes", size, most.count)};
}

// A body that can never fit is too large; one that does not fit now may be sent again later.
RequestFault not_held(const Error& why) {
  if (why.kind == ErrorKind::invalid) return {413, "the body is too large: " + why.message};
  return {503, "no memory for the body now: " + why.message + "; retry later", refusal::kMemory};
}

std::string head_of(const HttpResponse& response, bool goes_on) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nConnection: {}\r\nContent-Type: {}\r\n", response.status,
                  reason_phrase(response.status), goes_on ? "keep-alive" : "close", response.content_type);
  // Events have no end that is known, and 304 no body whose length it could be.
  if (!response.events_after && response.status != 304)
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  return head + "\r\n";
}

}  // namespace

HttpConnection::HttpConnection(wire::Socket socket, HttpDoor& door, bool spare)
    : stream_(std::move(socket)),
      door_(door),
      address_(wire::remote_address(socket_).to_string()),
      peer_(cloud::identity_of(wire::remote_address(socket_))),
      spare_(spare) {
  asio::error_code ignored;  // If the client is gone already, the first read reports it.
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  enter(Doing::waiting);
}

wire::Task<> HttpConnection::serve() {
  if (door_.options.tls) {
    const bool agreed = co_await secured();
    if (!agreed) co_return;
  }
  for (bool goes_on = true; goes_on;) {
    RequestHead head;
    HttpRequest request;
    Fault fault = co_await read_head(head);
    if (!fault && door_.options.admit) fault = door_.options.admit(head);
    if (!fault) fault = co_await read_body(head, request);
    if (fault) co_return co_await refuse(head, *std::move(fault));
    goes_on = co_await answer(head, std::move(request));
  }
  co_await leave();
}

// Returns false if the client and this side do not agree on TLS.
wire::Task<bool> HttpConnection::secured() {
  const asio::error_code problem = co_await stream_.secure(*door_.options.tls);
  if (!problem) co_return true;
  if (stream_.has_heard_tls())  // The agent itself connects, to see whether the server accepts, and says nothing.
    door_.log.warn("http_tls", fmt::format("http: TLS with {} failed: {}", peer_, wire::words_for(problem)));
  co_return false;
}

// --- Reading -------------------------------------------------------------------------------------

wire::Task<HttpConnection::Fault> HttpConnection::read_head(RequestHead& head) {
  enter(Doing::waiting);
  HeadScan scan;
  for (;;) {
    if (!pending_.empty() && doing_ == Doing::waiting) {
      enter(Doing::reading);
      begun_ = since_;
    }
    if (auto fault = scan.see(pending_)) co_return fault;
    if (scan.size() > 0) break;
    const std::string_view bytes = co_await some();
    if (bytes.empty()) co_return interrupted();
    pending_.append(bytes);
  }
  auto parsed = parse_head(std::string_view(pending_).substr(0, scan.size()));
  if (auto* const fault = std::get_if<RequestFault>(&parsed)) co_return std::move(*fault);
  head = std::get<RequestHead>(std::move(parsed));
  pending_.erase(0, scan.size());
  co_return std::nullopt;
}

// Checks everything before it lets the client send the body (100 Continue).
wire::Task<HttpConnection::Fault> HttpConnection::read_body(const RequestHead& head, HttpRequest& request) {
  if (!head.has_body()) co_return std::nullopt;
  if (spare_) co_return RequestFault{503, "too many connections are open; retry later", refusal::kConnections};
  if (head.length > door_.options.max_body.count) co_return too_large(head.length, door_.options.max_body);
  request.held = std::make_shared<Budget::Held>();
  if (door_.options.budget) {
    auto held = door_.options.budget->take(peer_, {head.length});
    if (!held) co_return not_held(held.error());
    *request.held = *std::move(held);
  }
  if (head.awaits_go_ahead && pending_.empty() && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {}))
    co_return interrupted();
  enter(Doing::reading);
  const std::size_t aligned = door_.options.aligned ? door_.options.aligned(head.headers) : 0;
  if (head.chunked) co_return co_await read_chunks(aligned, request);
  co_return co_await read_plain(head.length, aligned, request.body);
}

// Reads straight into the memory of the body, and no byte beyond it.
wire::Task<HttpConnection::Fault> HttpConnection::read_plain(std::uint64_t length, std::size_t aligned, Body& body) {
  body.reserve(length, aligned);
  body.append(std::string_view(pending_).substr(0, length));
  pending_.erase(0, length);
  while (body.size() < length) {
    const std::span<std::byte> spare = body.spare();
    const std::size_t size = co_await read_into(spare.first(std::min(spare.size(), kPiece)));
    if (size == 0) co_return interrupted();
    body.grow(size);
  }
  co_return std::nullopt;
}

wire::Task<HttpConnection::Fault> HttpConnection::read_chunks(std::size_t aligned, HttpRequest& request) {
  const Growing to{request.body, *request.held, aligned};
  ChunkedBody chunks;
  const std::string begun = std::exchange(pending_, {});
  for (std::string_view bytes = begun;;) {
    for (std::string_view piece = chunks.take(bytes); !piece.empty(); piece = chunks.take(bytes))
      if (auto fault = keep(piece, chunks.announced(), to)) co_return fault;
    if (chunks.broken()) co_return *chunks.broken();
    if (chunks.done()) {
      pending_ = bytes;
      co_return std::nullopt;
    }
    bytes = co_await some();
    if (bytes.empty()) co_return interrupted();
  }
}

// Reserves memory for a piece of a body of unknown length, then appends the piece.
HttpConnection::Fault HttpConnection::keep(std::string_view piece, std::uint64_t announced, const Growing& to) const {
  const std::uint64_t size = to.body.size() + piece.size();
  const std::uint64_t most = door_.options.max_body.count;
  if (size > most || announced > most - size) return too_large(size + announced, door_.options.max_body);
  if (size > to.held.size().count) {
    const std::uint64_t room = std::min(std::max<std::uint64_t>(2 * size, kFirstChunks), most);
    if (auto grown = to.held.grow({room}); !grown) return not_held(grown.error());  // In addition to the old one.
    to.body.reserve(room, to.aligned);
    to.held.set({room});
  }
  to.body.append(piece);
  return std::nullopt;
}

// Returns the next received bytes, valid until the next wait. Empty if the client sends nothing more.
wire::Task<std::string_view> HttpConnection::some() {
  if (door_.options.tls) {
    const std::size_t size = co_await read_into(std::as_writable_bytes(std::span(door_.scratch)));
    co_return std::string_view(door_.scratch.data(), size);
  }
  for (asio::error_code problem; !problem || problem == asio::error::would_block;) {
    co_await socket_.async_wait(wire::Socket::wait_read, wire::into(problem));
    if (problem) break;
    const std::size_t size = socket_.read_some(asio::buffer(door_.scratch), problem);
    if (problem) continue;
    progress(size);
    co_return std::string_view(door_.scratch.data(), size);
  }
  co_return std::string_view{};
}

// Returns the number of bytes that were read; 0 if the client sends nothing more.
wire::Task<std::size_t> HttpConnection::read_into(std::span<std::byte> memory) {
  asio::error_code problem;
  std::size_t size = 0;
  if (door_.options.tls) {
    std::vector<asio::mutable_buffer> place(1, asio::buffer(memory.data(), memory.size()));
    size = co_await stream_.read_some(std::move(place), problem);
  } else {
    size = co_await socket_.async_read_some(asio::buffer(memory.data(), memory.size()), wire::into(problem));
  }
  progress(size);
  co_return problem ? 0 : size;
}

HttpConnection::Fault HttpConnection::interrupted() const {
  if (!late_) return RequestFault{0, ""};
  return RequestFault{408, "the request did not come in time"};
}

// --- Answering -----------------------------------------------------------------------------------

wire::Task<bool> HttpConnection::answer(const RequestHead& head, HttpRequest request) {
  auto token = door_.begun.token();
  const std::shared_ptr<Budget::Held> held = request.held;
  const std::size_t received = request.body.size();
  enter(Doing::working);
  HttpResponse response = co_await respond(std::move(request), head);
  if (held) held->set({response.body.size()});
  const bool has_body = head.method != "HEAD";
  if (response.events_after && has_body) {
    token.reset();  // The server does not wait for those who read events.
    co_await stream(response);
    told(head, response, received);
    co_return false;
  }
  const bool goes_on = head.keep_alive && !door_.going && !spare_ && !response.events_after;
  enter(Doing::writing);
  const bool written = co_await write(head_of(response, goes_on), has_body ? response.body : std::string_view{});
  told(head, response, received);
  co_return written&& goes_on;
}

wire::Task<HttpResponse> HttpConnection::respond(HttpRequest request, const RequestHead& head) {
  request.received = Clock::now();
  request.method = head.method;
  request.headers = head.headers;
  const Target target = target_of(head);
  auto path = percent_decoded(target.path);
  if (!path) co_return error_reply(400, "the path has an invalid percent-encoding");
  if (door_.going) {
    constexpr std::string_view kWhy = "the server is shutting down; ask another one";
    refused(refusal::kStopping, kWhy);
    co_return error_reply(503, kWhy);
  }
  request.path = *std::move(path);
  request.query = target.query;
  co_return co_await queued(std::move(request));
}

// The place of a request whose client has left is given to others.
wire::Task<HttpResponse> HttpConnection::queued(HttpRequest request) {
  std::optional<HttpResponse> response;
  asio::steady_timer changed(socket_.get_executor(), asio::steady_timer::time_point::max());
  const auto take = [&](HttpResponse given) {
    response = std::move(given);
    changed.cancel();
  };
  std::optional<ClientDeparture> departure;
  if (request.held) request.left = departure.emplace(socket_, [&] { changed.cancel(); }).seen();
  const auto left = request.left;
  const std::uint64_t ticket = door_.handle(std::move(request), take);
  for (bool watching = left != nullptr; !response;) {
    asio::error_code ignored;
    co_await changed.async_wait(wire::into(ignored));
    if (response || !watching || !*left) continue;
    watching = false;
    if (!door_.withdraw(ticket)) continue;
    constexpr std::string_view kWhy = "the client ended its side of the connection while the request waited";
    refused(refusal::kClientLeft, kWhy);
    co_return error_reply(400, kWhy);
  }
  co_return *std::move(response);
}

// Sends events, if there is a place for one more reader.
wire::Task<> HttpConnection::stream(HttpResponse& opening) {
  const auto place =
      spare_ ? error(ErrorKind::overloaded, "too many connections are open; retry later") : door_.events.enter(peer_);
  enter(Doing::writing);
  if (!place) {
    refused(refusal::kConnections, place.error().message);
    opening = error_reply(place.error().after(kEventsRetry));
    co_await write(head_of(opening, false), opening.body);
    co_return;
  }
  EventReader reader = event_reader();
  if (!co_await write(head_of(opening, false), EventReader::kBegin)) co_return;
  co_await reader.send(*opening.events_after);
}

EventReader HttpConnection::event_reader() {
  const auto write_events = [this](std::string_view text) {
    enter(Doing::writing);
    return write(text, {});
  };
  return {door_.events, {.socket = socket_, .write = write_events, .on_wait = [this] { enter(Doing::working); }}};
}

// Tells the access log.
void HttpConnection::told(const RequestHead& head, const HttpResponse& response, std::size_t received) const {
  if (!door_.options.access) return;
  const auto parent = head.headers.find("traceparent");
  const auto trace = parent == head.headers.end() ? std::nullopt : traceparent_of(parent->second);
  door_.options.access({.method = head.method,
                        .path = std::string(target_of(head).path),
                        .status = response.status,
                        .received = received,
                        .sent = head.method == "HEAD" ? 0 : response.body.size(),
                        .took = Clock::now() - begun_,
                        .client = address_,
                        .trace = trace ? trace_id_of(*trace) : "",
                        .notes = response.notes});
}

void HttpConnection::refused(std::string_view reason, std::string_view why) {
  door_.refused.note(reason, fmt::format("http: a request from {} was refused: {}", peer_, why));
}

// Returns false if the client is gone. Sends headers and body in one write if they fit.
wire::Task<bool> HttpConnection::write(std::string_view head, std::string_view body) {
  wire::BufferWalk<asio::const_buffer> left({asio::buffer(head), asio::buffer(body)});
  while (left.left() > 0) {
    asio::error_code problem;
    const std::size_t size = co_await stream_.write_some(left.next(kPiece), problem);
    if (problem) co_return false;
    left.advance(size);
    progress(size);
  }
  co_return true;
}

wire::Task<> HttpConnection::refuse(const RequestHead& head, RequestFault refusal) {
  if (refusal.status == 0) co_return;
  if (refusal.reason.empty())
    door_.log.warn("http_refused",
                   fmt::format("http: a request from {} was refused with {}: {}", peer_, refusal.status, refusal.why));
  else
    refused(refusal.reason, refusal.why);
  late_ = false;
  enter(Doing::writing);
  HttpResponse response = error_reply(refusal.status, refusal.why);
  if (refusal.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  const bool written = co_await write(head_of(response, false), response.body);
  told(head, response, 0);
  if (written) co_await leave();
}

// Reads and discards further bytes. If the server closed while bytes are unread, the kernel would reset the
// connection, and the client could not read the answer.
wire::Task<> HttpConnection::leave() {
  enter(Doing::leaving);
  stream_.finish();
  for (bool goes_on = true; goes_on;) {
    const std::string_view bytes = co_await some();
    goes_on = !bytes.empty();
  }
}

// --- Time ----------------------------------------------------------------------------------------

void HttpConnection::enter(Doing doing) {
  doing_ = doing;
  since_ = Clock::now();
  moved_ = 0;
  progress(0);
}

// The deadline: some progress within read_timeout, and on average at least kSlowest.
void HttpConnection::progress(std::size_t bytes) {
  moved_ += bytes;
  const Duration patience = spare_ ? std::min(kSparePatience, door_.options.read_timeout) : door_.options.read_timeout;
  const TimePoint by_rate = since_ + patience + from_seconds(static_cast<double>(moved_) / kSlowest);
  deadline_ = std::min(Clock::now() + patience, by_rate);
  if (doing_ == Doing::working) deadline_ = TimePoint::max();  // The engine has its own deadline.
  if (doing_ == Doing::leaving) deadline_ = since_ + std::min(kLastWords, patience);
}

void HttpConnection::look(TimePoint now) {
  if (now < deadline_) return;
  if (doing_ != Doing::reading) return close();
  late_ = true;
  asio::error_code ignored;
  socket_.cancel(ignored);
}

bool HttpConnection::asks_nothing() const {
  if (doing_ == Doing::leaving) return true;
  asio::error_code gone;
  return doing_ == Doing::waiting && ((socket_.available(gone) == 0 && stream_.held() == 0) || gone);
}

void HttpConnection::close() {
  stream_.close();
}

}  // namespace tideline::http
