#include "runtime/http/http_server.h"

#include "runtime/base/tensor.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/runtime/http/shell.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/resource.h>

#include <future>
#include <latch>
#include <semaphore>
#include <sstream>
#include <thread>

namespace tideline::http {
namespace {

using testing::HasSubstr;

HttpResponse echo(HttpRequest request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path + "\n" + std::string(request.body.text());
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

TEST(HttpServer, TheQueryComesAsItStands) {
  const auto server = serve({}, [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.path + " " + request.query;
    return response;
  });
  EXPECT_EQ(ask(server->port(), get("/a?b=%20&c?d#e?f"))->body, "/a b=%20&c?d");
  EXPECT_EQ(ask(server->port(), get("/a?"))->body, "/a ");
  EXPECT_EQ(ask(server->port(), get("/a#b?c"))->body, "/a ");
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
  EXPECT_EQ(reply->body, R"({"error":"the body of 100000 bytes is larger than the limit of 1024 bytes"})");
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

TEST(HttpServer, AChunkedBodyOverTheLimitIsRefusedAsSoonAsItIsKnown) {
  HttpServer::Options options;
  options.max_body = 1_KiB;
  const auto server = serve(options);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& body : {"1000\r\n" + std::string(4096, 'x'), std::string("401\r\nx"),
                                  "400\r\n" + std::string(1024, 'x') + "\r\n1\r\nx"}) {
    RawClient client(server->port());
    client.send(head + body);
    const auto reply = client.reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 413);
    EXPECT_THAT(reply->body, HasSubstr("larger than the limit of 1024 bytes"));
  }
  expect_still_serves(*server);
}

// It looked like the head of another request to what watched for such, and was refused.
TEST(HttpServer, AChunkThatBeginsLikeAHeadIsPartOfItsBody) {
  HttpServer::Options options;
  options.max_body = 1_KiB;
  const auto server = serve(options);
  const std::string trap = "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n";
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(fmt::format("{:x}\r\n", trap.size()));
  client.send(trap);
  client.send("\r\n0\r\n\r\n");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /\n" + trap);
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
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("1\r\nc\r\n0\r\n\r\n");
  EXPECT_EQ(client.reply()->body, "POST /\nc");
}

// Each is refused with its status, and the connection ends with it: nothing behind it is taken for a request.
TEST(HttpServer, RequestsThatBreakTheProtocolAreRefusedAndCostOnlyThemselves) {
  const auto server = serve();
  const std::string post_head = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::pair<std::string, int> cases[] = {
      {post_head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
      {post_head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post_head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {post_head + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post_head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {post_head + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
      {post_head + "Content-Length: five\r\n\r\nhello", 400},
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
      {"GET / HTTP/1.1\r\nX: " + std::string(200'000, 'y') + "\r\n\r\n", 431},
      {"GET /" + std::string(20'000, 'y') + " HTTP/1.1\r\n\r\n", 414},
      {post_head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
  };
  for (const auto& [bad, status] : cases) {
    RawClient client(server->port());
    client.send(bad + get("/smuggled"));
    const auto reply = client.reply();
    ASSERT_TRUE(reply) << bad.substr(0, 100);
    EXPECT_EQ(reply->status, status) << bad.substr(0, 100);
    EXPECT_TRUE(reply->has("Connection: close\r\n"));
    EXPECT_THAT(reply->body, HasSubstr("\"error\""));
    EXPECT_FALSE(client.reply()) << "what came behind it was taken for a request";
    EXPECT_TRUE(client.closed());
    expect_still_serves(*server);
  }
}

TEST(HttpServer, ConnectionsThatEndTooSoonCostOnlyThemselves) {
  const auto server = serve();
  for (const std::string& bad : {std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhello"),
                                 std::string("P"), std::string()}) {
    RawClient client(server->port());
    client.send(bad);
    client.end_sending();
    EXPECT_TRUE(client.closed()) << bad;
    expect_still_serves(*server);
  }
}

TEST(HttpServer, ARequestIsReadAlikeWhereverItsBytesAreSplit) {
  const auto server = serve();
  const std::string bytes =
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + post("/b", "de");
  for (std::size_t split = 1; split < bytes.size(); ++split) {
    RawClient client(server->port());
    client.send(bytes.substr(0, split));
    client.send(bytes.substr(split));
    const auto first = client.reply();
    const auto second = client.reply();
    ASSERT_TRUE(first && second) << split;
    EXPECT_EQ(first->body, "POST /a\nabc") << split;
    EXPECT_EQ(second->body, "POST /b\nde") << split;
  }
}

TEST(HttpServer, APathThatIsNotPercentEncodedIsRefused) {
  const auto server = serve();
  const auto reply = ask(server->port(), get("/%zz"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
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

TEST(HttpServer, RequestsWithoutABodyAreAnsweredWhileAllWorkersAreBusy) {
  std::latch busy(1);
  std::binary_semaphore go(0);
  HttpServer::Options options;
  options.workers = 1;
  const auto server = serve(options, [&](HttpRequest request) {
    if (request.method == "POST") {
      busy.count_down();
      go.acquire();
    }
    return echo(std::move(request));
  });
  RawClient slow(server->port());
  slow.send(post("/", "x"));
  busy.wait();
  expect_still_serves(*server);
  go.release();
  EXPECT_EQ(slow.reply()->status, 200);
}

TEST(HttpServer, WhenItIsFullTheOldestConnectionThatAsksNothingGoes) {
  HttpServer::Options options;
  options.max_connections = 2;
  const auto server = serve(options);
  RawClient silent(server->port());
  ASSERT_TRUE(silent.connected());
  RawClient idle(server->port());
  idle.send(get("/idle"));
  ASSERT_TRUE(idle.reply());
  RawClient third(server->port());
  third.send(get("/third"));
  ASSERT_TRUE(third.reply());
  EXPECT_TRUE(silent.closed());
  expect_still_serves(*server);
  EXPECT_TRUE(idle.closed());
}

TEST(HttpServer, WhenAllConnectionsAreAtWorkHealthIsStillAnsweredAndBodiesAreNotTaken) {
  HttpServer::Options options;
  options.max_connections = 2;
  const auto server = serve(options);
  std::vector<std::unique_ptr<RawClient>> uploads;
  for (int i = 0; i < 2; ++i) {
    uploads.push_back(std::make_unique<RawClient>(server->port()));
    uploads.back()->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    uploads.back()->read_to("\r\n\r\n");  // It is at work from here on.
  }
  for (int i = 0; i < 100; ++i) expect_still_serves(*server);
  const auto refused = ask(server->port(), post("/", "x"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(refused->body, HasSubstr("too many connections"));
  for (auto& upload : uploads) {
    upload->send("ab");
    EXPECT_EQ(upload->reply()->body, "POST /\nab");
  }
}

TEST(HttpServer, SilentConnectionsByTheHundredDelayNobody) {
  HttpServer::Options options;
  options.max_connections = 100;
  const auto server = serve(options);
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 300; ++i) silent.push_back(std::make_unique<RawClient>(server->port()));
  for (int i = 0; i < 20; ++i) expect_still_serves(*server);
}

TEST(HttpServer, GoesOnAcceptingAfterThereWasNoFileDescriptor) {
  const auto server = serve();
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};  // What is open stays so; 0 to 2 are taken.
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(server->port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  const std::string request = get("/after");
  ASSERT_GT(::send(client, request.data(), request.size(), MSG_NOSIGNAL), 0);
  pollfd answered{client, POLLIN, 0};
  EXPECT_EQ(::poll(&answered, 1, 150), 0) << "there was a descriptor to accept it with";
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(::poll(&answered, 1, 20'000), 1);
  ::close(client);
  expect_still_serves(*server);
}

TEST(HttpServer, ABodyIsRefusedBeforeItIsSentWhereTooMuchIsHeldAlready) {
  Budget budget({100_KiB, 60_KiB});
  HttpServer::Options options;
  options.budget = &budget;
  const auto server = serve(options);
  const auto announced = [](int size) {
    return fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n", size);
  };
  {
    RawClient first(server->port());
    first.send(announced(40 << 10));
    EXPECT_EQ(first.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(budget.held_for("127.0.0.1"), 40_KiB);
    const auto second = ask(server->port(), announced(30 << 10));
    ASSERT_TRUE(second);
    EXPECT_EQ(second->status, 503);
    EXPECT_TRUE(second->has("Retry-After: 1\r\n"));
    EXPECT_THAT(second->body, HasSubstr("40 KiB are already held for this peer"));
    const auto never = ask(server->port(), announced(61 << 10));
    ASSERT_TRUE(never);
    EXPECT_EQ(never->status, 413);
    EXPECT_THAT(never->body, HasSubstr("61 KiB exceed the limit of 60 KiB"));
    first.send(std::string(40 << 10, 'x'));
    EXPECT_EQ(first.reply()->status, 200);
  }
  while (budget.held() > Bytes{}) std::this_thread::yield();
  EXPECT_EQ(ask(server->port(), post("/", std::string(60 << 10, 'x')))->status, 200);
}

TEST(HttpServer, AChunkedBodyIsRefusedWhenItGrowsOverTheBudget) {
  Budget budget({1_MiB, 1_MiB});
  HttpServer::Options options;
  options.budget = &budget;
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 64; ++i) client.send("8000\r\n" + std::string(0x8000, 'x') + "\r\n");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->status == 503 || reply->status == 413) << reply->status;
  EXPECT_LE(budget.held(), 1_MiB);
}

TEST(HttpServer, TheByteOfABodyThatItsHeadersNameIsAlignedHoweverItComes) {
  HttpServer::Options options;
  options.aligned = [](const Headers& headers) { return std::stoul(headers.at("at")); };
  const auto server = serve(options, [](const HttpRequest& request) {
    HttpResponse response;
    response.body = is_aligned(request.body.bytes().data() + 77) ? "aligned" : "not aligned";
    response.body += request.body.text() == std::string(200'000, 'x') ? ", whole" : ", broken";
    return response;
  });
  const std::string content(200'000, 'x');
  EXPECT_EQ(ask(server->port(), post("/", content, "At: 77\r\n"))->body, "aligned, whole");
  EXPECT_EQ(ask(server->port(), post("/", content, "At: 78\r\n"))->body, "not aligned, whole");
  std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nAt: 77\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 8; ++i) chunked += "61a8\r\n" + std::string(25'000, 'x') + "\r\n";
  EXPECT_EQ(ask(server->port(), chunked + "0\r\n\r\n")->body, "aligned, whole");
}

TEST(HttpServer, ABodyEndsWhereTheNextRequestBegins) {
  const auto server = serve();
  RawClient client(server->port());
  const std::string long_one(300'000, 'x');
  client.send(post("/", long_one) + post("/", "short") + get("/last"));
  EXPECT_EQ(client.reply()->body, "POST /\n" + long_one);
  EXPECT_EQ(client.reply()->body, "POST /\nshort");
  EXPECT_EQ(client.reply()->body, "GET /last\n");
}

TEST(HttpServer, WhatIsHeldForAClientThatIsGoneIsGivenBack) {
  Budget budget({1_MiB, 1_MiB});
  HttpServer::Options options;
  options.budget = &budget;
  const auto server = serve(options);
  for (int i = 0; i < 10; ++i) {
    RawClient client(server->port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
  }
  EXPECT_EQ(ask(server->port(), post("/", std::string(1000, 'x')))->status, 200);
  const TimePoint until = Clock::now() + std::chrono::seconds(20);
  while (budget.held() > Bytes{} && Clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(budget.held(), Bytes{});
}

TEST(HttpServer, KnowsThatItAcceptsConnections) {
  const auto server = serve();
  EXPECT_TRUE(server->accepts(Clock::now()));
  expect_still_serves(*server);
  EXPECT_TRUE(server->accepts(Clock::now() + std::chrono::hours(1)));
}

TEST(HttpServer, ASilentConnectionIsEnded) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(50);
  const auto server = serve(options);
  RawClient client(server->port());
  EXPECT_TRUE(client.closed());
}

TEST(HttpServer, ARequestThatDoesNotComeInTimeIsToldSo) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(50);
  std::ostringstream lines;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(lines);
  auto server = HttpServer::start(options, echo, std::make_shared<spdlog::logger>("test", sink));
  ASSERT_TRUE(server);
  for (const char* part : {"POST / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal",
                           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhal"}) {
    RawClient client((*server)->port());
    client.send(part);
    const auto reply = client.reply();
    ASSERT_TRUE(reply) << part;
    EXPECT_EQ(reply->status, 408);
    EXPECT_TRUE(client.closed());
  }
  server->reset();
  EXPECT_THAT(lines.str(), HasSubstr("refused with 408"));
}

// It is the standing still that is limited, not the time of a whole body.
TEST(HttpServer, ABodyThatKeepsComingMayTakeLongerThanTheLimitOfTime) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(400);
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 163840\r\n\r\n");
  const TimePoint start = Clock::now();
  std::size_t sent = 0;
  for (int i = 0; i < 10; ++i, sent += 16384) {  // 160 KiB/s, where 16 are asked for.
    while (Clock::now() - start < i * std::chrono::milliseconds(100)) std::this_thread::yield();
    ASSERT_TRUE(client.send(std::string(16384, 'x')));
  }
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST(HttpServer, ABodyThatDripsIsCutWithAnAnswer) {
  HttpServer::Options options;
  options.read_timeout = std::chrono::milliseconds(100);
  const auto server = serve(options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
  pollfd answered{client.fd(), POLLIN, 0};
  int drops = 0;
  while (::poll(&answered, 1, 10) == 0 && ++drops < 2000) client.send("x");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
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
  half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
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
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(post("/", "x"));
  }
  begun.wait();
  clients.clear();
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

TEST(HttpServer, CurlIsNotHeldUpByItsExpectationOfABodyWhoseLengthItDoesNotKnow) {
  if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
  const auto server = serve();
  const auto time = [&](const std::string& header) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const ShellRan ran = shell(fmt::format(
          "echo 12345 | curl -s -S --max-time 60 {} -X POST -T - -w '%{{time_total}}' http://127.0.0.1:{}/ 2>&1",
          header, server->port()));
      EXPECT_THAT(ran.out, testing::StartsWith("POST /\n12345\n"));
      best = std::min(best, std::stod(ran.out.substr(ran.out.rfind('\n'))));
    }
    return best;
  };
  const double without = time("-H 'Expect:'");
  const double with = time("-H 'Expect: 100-continue'");
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
    EXPECT_THAT(ran.out, HasSubstr("larger than the limit of 1048576 bytes")) << header;
  }
}

}  // namespace
}  // namespace tideline::http
