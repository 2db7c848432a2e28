#include "runtime/http/http_server.h"

#include "tests/runtime/http/raw_client.h"
#include "tests/runtime/http/shell.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <semaphore>
#include <thread>

namespace tideline {
namespace {

using testing::HasSubstr;

HttpResponse echo(HttpRequest request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path + "\n" + request.body;
  return response;
}

std::unique_ptr<HttpServer> serve(HttpServer::Options options = {}, HttpServer::Handler handler = echo) {
  auto server = HttpServer::start(options, std::move(handler), silent_log());
  EXPECT_TRUE(server) << server.error().message;
  return std::move(*server);
}

void expect_still_serves(const HttpServer& server) {
  const auto reply = ask(server.port(), get("/still"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "GET /still\n");
}

TEST(HttpServer, AnswersWithWhatTheHandlerReturns) {
  const auto server = serve();
  const auto reply = ask(server->port(), post("/a%20b?query=1", "hello"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /a b\nhello");
  EXPECT_TRUE(reply->has("Content-Type: text/plain\r\n")) << reply->head;
}

TEST(HttpServer, HeaderNamesComeInLowerCaseAndRepeatedOnesAreJoined) {
  const auto server = serve({}, [](HttpRequest request) {
    HttpResponse response;
    response.status = 404;
    response.headers.emplace_back("X-Seen", request.headers["x-thing"]);
    return response;
  });
  const auto reply = ask(server->port(), get("/", "X-Thing: a\r\nx-tHING: b\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_TRUE(reply->has("X-Seen: a, b\r\n")) << reply->head;
}

TEST(HttpServer, OneConnectionServesRequestAfterRequestAndPipelinedOnes) {
  const auto server = serve();
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("/", std::to_string(i)));
    const auto reply = client.reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "POST /\n" + std::to_string(i));
  }
  client.send(get("/one") + get("/two"));
  EXPECT_EQ(client.reply()->body, "GET /one\n");
  EXPECT_EQ(client.reply()->body, "GET /two\n");
}

TEST(HttpServer, AnAnswerToHeadHasNoBody) {
  const auto server = serve();
  RawClient client(server->port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + get("/next"));
  ASSERT_TRUE(client.reply(false));
  const auto next = client.reply();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "GET /next\n");
}

TEST(HttpServer, AnUpgradeIsAnsweredAsAnOrdinaryRequest) {
  const auto server = serve();
  const auto reply = ask(server->port(), get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "GET /ws\n");
}

TEST(HttpServer, AHandlerThatThrowsCostsOneRequest) {
  const auto server = serve({}, [](HttpRequest request) -> HttpResponse {
    if (request.path == "/bad") throw std::runtime_error("secret");
    return echo(std::move(request));
  });
  const auto reply = ask(server->port(), get("/bad"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 500);
  EXPECT_THAT(reply->body, Not(HasSubstr("secret")));
  expect_still_serves(*server);
}

TEST(HttpServer, AnAddressThatIsTakenIsAnErrorThatSaysWhatToDo) {
  const auto first = serve();
  HttpServer::Options options;
  options.port = first->port();
  const auto second = HttpServer::start(options, echo, silent_log());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::invalid);
  EXPECT_EQ(
      second.error().message,
      fmt::format("cannot listen on 127.0.0.1:{}: address already in use; choose another port with --http or stop "
                  "the program that holds it",
                  first->port()));
}

TEST(HttpServer, AnAddressThatIsNotOursIsAnError) {
  for (const char* host : {"192.0.2.1", "no such host", "256.256.256.256"}) {
    HttpServer::Options options;
    options.host = host;
    const auto server = HttpServer::start(options, echo, silent_log());
    ASSERT_FALSE(server) << host;
    EXPECT_EQ(server.error().kind, ErrorKind::invalid);
    EXPECT_THAT(server.error().message, HasSubstr(fmt::format("cannot listen on {}:0: ", host)));
  }
}

TEST(HttpServer, ListensOnIpv6WhereThereIsSome) {
  HttpServer::Options options;
  options.host = "::1";
  const auto server = HttpServer::start(options, echo, silent_log());
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().message;
  EXPECT_GT((*server)->port(), 0);
}

TEST(HttpServer, ABodyOverTheLimitIsRefusedWithASentence) {
  HttpServer::Options options;
  options.max_body = 1_KiB;
  const auto server = serve(options);
  const auto reply = ask(server->port(), post("/", std::string(100'000, 'x')));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->body, R"({"error":"the body of 100000 bytes is larger than the 1024 bytes that are taken here"})");
  EXPECT_EQ(ask(server->port(), post("/", std::string(1024, 'x')))->status, 200);
}

TEST(HttpServer, ABodyOverTheLimitIsRefusedBeforeItIsSent) {
  HttpServer::Options options;
  options.max_body = 1_KiB;
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\nExpect: 100-continue\r\n\r\n");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  client.end_sending();
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, AChunkedBodyOverTheLimitEndsTheConnection) {
  HttpServer::Options options;
  options.max_body = 1_KiB;
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(4096, 'x'));
  EXPECT_TRUE(client.closed());
  expect_still_serves(*server);
}

TEST(HttpServer, AChunkedBodyIsPutTogether) {
  const auto server = serve();
  const auto reply =
      ask(server->port(),
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "POST /\nabcde");
}

TEST(HttpServer, GrantsLeaveToSendABody) {
  const auto server = serve();
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_EQ(client.reply()->body, "POST /\nab");
}

// Each is a connection that breaks HTTP or ends too soon; none may cost more than itself.
TEST(HttpServer, ConnectionsThatBreakTheProtocolCostOnlyThemselves) {
  const auto server = serve();
  for (const std::string& bad : {
           std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
           std::string(
               "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello"),
           std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\nhello"),
           std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhello"),
           std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
           std::string("GET / HTTP/1.1\r\nX: ") + std::string(200'000, 'y') + "\r\n\r\n",
           std::string("GET /") + std::string(20'000, 'y') + " HTTP/1.1\r\n\r\n",
           std::string("P"),
           std::string(),
       }) {
    RawClient client(server->port());
    client.send(bad);
    client.end_sending();
    EXPECT_TRUE(client.closed()) << bad.substr(0, 100);
    expect_still_serves(*server);
  }
}

TEST(HttpServer, APathThatIsNotPercentEncodedIsRefused) {
  const auto server = serve();
  const auto reply = ask(server->port(), get("/%zz"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
}

TEST(HttpServer, WhatDoesNotFitTheQueueIsToldToComeAgain) {
  std::counting_semaphore<16> go(0);
  std::latch busy(1);
  HttpServer::Options options;
  options.workers = 1;
  options.queue = 1;
  const auto server = serve(options, [&](HttpRequest request) {
    if (request.path == "/first") busy.count_down();
    go.acquire();
    return echo(std::move(request));
  });
  RawClient first(server->port());
  first.send(get("/first"));
  busy.wait();
  std::vector<std::unique_ptr<RawClient>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<RawClient>(server->port()));
    others.back()->send(get("/other"));
  }
  // One of the three waits; the answers to the others tell which they are.
  std::vector<int> statuses;
  std::vector<std::future<std::optional<RawReply>>> replies;
  for (auto& other : others) replies.push_back(std::async(std::launch::async, [&other] { return other->reply(); }));
  std::size_t refused = 0;
  for (const auto deadline = Clock::now() + std::chrono::seconds(20); refused < 2 && Clock::now() < deadline;) {
    refused = 0;
    for (auto& reply : replies) refused += reply.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready;
  }
  go.release(4);
  std::size_t told = 0;
  for (auto& reply : replies) {
    const auto answer = reply.get();
    ASSERT_TRUE(answer);
    if (answer->status != 503) continue;
    ++told;
    EXPECT_TRUE(answer->has("Retry-After: 1\r\n"));
    EXPECT_THAT(answer->body, HasSubstr("\"error\""));
  }
  EXPECT_EQ(told, 2u);
  EXPECT_EQ(first.reply()->status, 200);
}

TEST(HttpServer, AHundredRequestsAtOnceAreAllAnswered) {
  HttpServer::Options options;
  options.workers = 4;
  options.queue = 200;
  const auto server = serve(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(clients.back()->send(post("/", std::to_string(i))));
  }
  for (int i = 0; i < 100; ++i) {
    const auto reply = clients[static_cast<std::size_t>(i)]->reply();
    ASSERT_TRUE(reply) << i;
    EXPECT_EQ(reply->body, "POST /\n" + std::to_string(i));
  }
}

TEST(HttpServer, ConnectionsOverTheLimitWaitUntilOneEnds) {
  HttpServer::Options options;
  options.max_connections = 2;
  const auto server = serve(options);
  auto one = std::make_unique<RawClient>(server->port());
  RawClient two(server->port());
  one->send(get("/1"));
  two.send(get("/2"));
  ASSERT_TRUE(one->reply());
  ASSERT_TRUE(two.reply());
  RawClient three(server->port());
  three.send(get("/3"));
  one.reset();
  const auto reply = three.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "GET /3\n");
}

TEST(HttpServer, ASilentConnectionIsEnded) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(50);
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\n");
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, ItsDestructorFinishesWhatWasBegunAndEndsIdleConnections) {
  std::latch begun(1);
  std::binary_semaphore go(0);
  auto server = serve({}, [&](HttpRequest request) {
    if (request.path == "/slow") {
      begun.count_down();
      go.acquire();
    }
    return echo(std::move(request));
  });
  RawClient idle(server->port());
  idle.send(get("/idle"));
  ASSERT_TRUE(idle.reply());
  RawClient half(server->port());
  half.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
  RawClient slow(server->port());
  slow.send(get("/slow"));
  begun.wait();
  const std::uint16_t port = server->port();

  auto gone = std::async(std::launch::async, [&] { server.reset(); });
  while (RawClient(port).connected()) std::this_thread::yield();
  go.release();
  const auto reply = slow.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "GET /slow\n");
  EXPECT_TRUE(slow.closed());
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(half.closed());
  gone.get();
}

TEST(HttpServer, ItsDestructorDoesNotMindClientsThatAreGone) {
  std::latch begun(8);
  std::counting_semaphore<8> go(0);
  auto server = serve({}, [&](HttpRequest request) {
    begun.count_down();
    go.acquire();
    return echo(std::move(request));
  });
  for (int i = 0; i < 8; ++i) RawClient(server->port()).send(get("/"));
  begun.wait();
  go.release(8);
  const TimePoint start = Clock::now();
  server.reset();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(4)) << "it waited for its last resort";
}

// An absolute time proves nothing here; a body that waits for leave is compared with one that does not.
TEST(HttpServer, CurlIsNotHeldUpByItsExpectation) {
  if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
  const auto server = serve({}, [](HttpRequest request) {
    HttpResponse response;
    response.body = std::to_string(request.body.size());
    return response;
  });
  const TemporaryFolder folder;
  const std::string body = folder.with("body", std::string(3'000'000, 'P'));
  const auto time = [&](const std::string& header) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const ShellRan ran =
          shell(fmt::format("curl -s -S --max-time 60 -H '{}' --data-binary @{} -w '\\n%{{time_total}}' "
                            "http://127.0.0.1:{}/ 2>&1",
                            header, body, server->port()));
      EXPECT_THAT(ran.out, testing::StartsWith("3000000\n"));
      best = std::min(best, std::stod(ran.out.substr(ran.out.find('\n'))));
    }
    return best;
  };
  const double without = time("Expect:");
  const double with = time("Expect: 100-continue");
  EXPECT_LT(with, 10 * without + 0.2) << "curl gives up waiting after one second";
}

TEST(HttpServer, CurlIsToldWhenItsBodyIsTooLarge) {
  if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
  HttpServer::Options options;
  options.max_body = 1_MiB;
  const auto server = serve(options);
  const TemporaryFolder folder;
  const std::string body = folder.with("body", std::string(5'000'000, 'x'));
  for (const char* header : {"Expect:", "Expect: 100-continue"}) {
    const ShellRan ran = shell(fmt::format("curl -s --max-time 60 -H '{}' --data-binary @{} http://127.0.0.1:{}/",
                                           header, body, server->port()));
    EXPECT_THAT(ran.out, HasSubstr("larger than the 1048576 bytes")) << header;
  }
}

}  // namespace
}  // namespace tideline
