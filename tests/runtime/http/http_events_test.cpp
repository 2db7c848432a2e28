// The event stream of a real server on loopback.
#include "runtime/base/refusal_reasons.h"
#include "runtime/http/admission.h"
#include "runtime/http/event_log.h"
#include "runtime/http/http_server.h"
#include "runtime/http/replies.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tideline::http {
namespace {

using testing::HasSubstr;

HttpResponse events(const HttpRequest& request) {
  const auto id = request.headers.find("last-event-id");
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.events_after = id == request.headers.end() ? 0 : *parse_event_id(id->second);
  return response;
}

std::unique_ptr<HttpServer> serve_events(const HttpServer::Options& options = {}) {
  auto server = HttpServer::start(options, events, silent_log());
  EXPECT_TRUE(server) << server.error().message;
  return std::move(*server);
}

// Returns the id of the event that ends with `data`.
std::string id_of(const std::string& stream, const std::string& data) {
  const std::size_t end = stream.find("\ndata: " + data);
  const std::size_t begin = stream.rfind("id: ", end) + 4;
  return stream.substr(begin, end - begin);
}

// Asks until a client may read events.
void wait_for_a_place(const HttpServer& server) {
  for (std::string head; !head.starts_with("HTTP/1.1 200");) {
    RawClient next(server.port());
    next.send(get("/"));
    head = next.read_to("\r\n\r\n");
    ASSERT_FALSE(head.empty());
  }
}

TEST(HttpEvents, AClientGetsPastEventsAndThenNewOnes) {
  const auto server = serve_events();
  server->publish("one");
  RawClient client(server->port());
  client.send(get("/"));
  const std::string head = client.read_to("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_THAT(client.read_to("data: one\n\n"), HasSubstr("retry: 2000\n\nid: "));
  server->publish("two");
  EXPECT_THAT(client.read_to("data: two\n\n"), HasSubstr("data: two\n\n"));
}

TEST(HttpEvents, AClientResumesAfterTheEventThatItNames) {
  const auto server = serve_events();
  for (const char* text : {"one", "two", "three"}) server->publish(text);
  RawClient client(server->port());
  client.send(get("/"));
  const std::string seen = client.read_to("data: three\n\n");
  RawClient again(server->port());
  again.send(get("/", "Last-Event-ID: " + id_of(seen, "two") + "\r\n"));
  again.read_to("\r\n\r\n");
  const std::string rest = again.read_to("data: three\n\n");
  EXPECT_EQ(rest.find("data: two"), std::string::npos);
  EXPECT_THAT(rest, HasSubstr("data: three"));
}

TEST(HttpEvents, TheHeadOfTheStreamEndsAtOnce) {
  const auto server = serve_events();
  RawClient client(server->port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto reply = client.reply(false);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->has("text/event-stream"));
  EXPECT_TRUE(client.closed());
}

TEST(HttpEvents, MoreClientsThanThereArePlacesAreToldToComeAgain) {
  HttpServer::Options options;
  options.event_clients = 2;
  Admission admission({}, silent_log());
  options.admission = &admission;
  const auto server = serve_events(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(get("/"));
    EXPECT_THAT(clients.back()->read_to("retry: 2000\n\n"), HasSubstr("200 OK"));
  }
  const auto refused = ask(server->port(), get("/"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->has("Retry-After: 5\r\n")) << refused->head;
  EXPECT_EQ(refused->body, R"({"error":"2 clients read events already; retry later"})");
  EXPECT_EQ(admission.refused.counts().at(std::string(refusal::kConnections)), 1u);

  clients.pop_back();
  wait_for_a_place(*server);
}

TEST(HttpEvents, OneAddressHasAPartOfThePlaces) {
  HttpServer::Options options;
  options.event_clients_per_peer = 2;
  const auto server = serve_events(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  const auto answer = [&](std::uint32_t from) {
    clients.push_back(std::make_unique<RawClient>(server->port(), from));
    clients.back()->send(get("/"));
    return clients.back()->read_to("\n\n");
  };
  for (int i = 0; i < 2; ++i) EXPECT_THAT(answer(INADDR_LOOPBACK), HasSubstr("200 OK"));
  const auto refused = ask(server->port(), get("/"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->has("Retry-After: 5\r\n")) << refused->head;
  EXPECT_EQ(refused->body, R"({"error":"2 clients of your address read events already; close one, or retry later"})");
  EXPECT_THAT(answer(INADDR_LOOPBACK + 1), HasSubstr("200 OK")) << "another address has places of its own";
  clients.erase(clients.begin());
  wait_for_a_place(*server);
}

TEST(HttpEvents, AQuarterOfFewConnectionsMayReadEvents) {
  HttpServer::Options options;
  options.max_connections = 8;
  const auto server = serve_events(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(get("/"));
    clients.back()->read_to("retry: 2000\n\n");
  }
  EXPECT_EQ(ask(server->port(), get("/"))->status, 503);
}

TEST(HttpEvents, AClientThatNeverReadsIsDroppedAndOthersDoNotWaitForIt) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(300);
  options.event_clients = 2;
  const auto server = serve_events(options);
  RawClient idle(server->port());
  const int small = 32 << 10;
  ::setsockopt(idle.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  idle.send(get("/"));
  RawClient reader(server->port());
  reader.send(get("/"));
  const std::string large(200'000, 'x');
  for (int i = 0; i < 10; ++i) {
    server->publish(large + std::to_string(i) + ".");
    EXPECT_THAT(reader.read_to("x" + std::to_string(i) + ".\n\n"), testing::EndsWith(".\n\n"));
  }
  wait_for_a_place(*server);
  // It can read what the kernels hold, and then the connection ends without the last event.
  EXPECT_EQ(idle.read_to("x9.\n\n").find("x9."), std::string::npos);
  EXPECT_TRUE(idle.closed());
}

TEST(HttpEvents, AServerThatEndsDoesNotWaitForThoseWhoRead) {
  auto server = serve_events();
  RawClient client(server->port());
  client.send(get("/"));
  client.read_to("retry: 2000\n\n");
  std::jthread ending([&] { server.reset(); });
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace tideline::http
