// What a server tells its access log.
#include "runtime/http/http_server.h"
#include "tests/runtime/http/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <vector>

namespace tideline::http {
namespace {

const std::string kClose = "Connection: close\r\n";
const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

// A server that answers "ok" with a note, and keeps what its access log is told.
struct Told {
  Told() {
    HttpServer::Options options;
    options.access = [this](const Access& access) {
      const std::lock_guard lock(m);
      all.push_back(access);
    };
    auto started = HttpServer::start(
        options,
        [](const HttpRequest&) {
          HttpResponse response;
          response.body = "ok";
          response.notes = {{"model", "m"}};
          return response;
        },
        silent_log());
    EXPECT_TRUE(started);
    server = std::move(*started);
  }
  // Asks, waits until the server ends the connection, ends the server, which has told everything then, and returns what
  // it told. REQUIRES: the last request makes the server close.
  std::vector<Access> after(const std::string& requests) {
    {
      RawClient client(server->port());
      client.send(requests);
      client.closed();
    }
    server.reset();
    return all;
  }

  std::mutex m;
  std::vector<Access> all;  // Guarded by m.
  std::unique_ptr<HttpServer> server;
};

TEST(AccessLog, EveryAnswerIsToldOnce) {
  const auto all = Told().after(get("/a%20b?secret=1") +
                                post("/c", "hello", "traceparent: 00-" + kTrace + "-00f067aa0ba902b7-01\r\n" + kClose));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].method, "GET");
  EXPECT_EQ(all[0].path, "/a%20b") << "without the query";
  EXPECT_EQ(all[0].status, 200);
  EXPECT_EQ(all[0].received, 0u);
  EXPECT_EQ(all[0].sent, 2u);
  EXPECT_EQ(all[0].client, "127.0.0.1");
  EXPECT_EQ(all[0].trace, "");
  EXPECT_GT(all[0].took, Duration{});
  EXPECT_LT(all[0].took, std::chrono::minutes(1));
  EXPECT_EQ(all[1].method, "POST");
  EXPECT_EQ(all[1].path, "/c");
  EXPECT_EQ(all[1].received, 5u);
  EXPECT_EQ(all[1].trace, kTrace);
  ASSERT_EQ(all[1].notes.size(), 1u);
  EXPECT_EQ(all[1].notes[0].second, "m");
}

TEST(AccessLog, AHeadHasSentNoBody) {
  const auto all = Told().after("HEAD / HTTP/1.1\r\nHost: x\r\n" + kClose + "\r\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].sent, 0u);
}

TEST(AccessLog, ATraceThatIsGivenTwiceOrBadlyIsNone) {
  const std::string good = "traceparent: 00-" + kTrace + "-00f067aa0ba902b7-01\r\n";
  const auto all = Told().after(get("/", good + good) + get("/", "traceparent: 01\r\n" + kClose));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].trace, "");
  EXPECT_EQ(all[1].trace, "");
  EXPECT_EQ(all[1].status, 200);
}

TEST(AccessLog, RefusalsAreToldToo) {
  const auto all = Told().after("GET / HTTP/3.0\r\nHost: x\r\n\r\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].status, 505);
  EXPECT_EQ(all[0].path, "");
  const auto large = Told().after("POST /x?y HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n");
  ASSERT_EQ(large.size(), 1u);
  EXPECT_EQ(large[0].status, 413);
  EXPECT_EQ(large[0].path, "/x");
}

}  // namespace
}  // namespace tideline::http
