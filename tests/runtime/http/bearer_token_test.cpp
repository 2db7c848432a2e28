#include "runtime/http/bearer_token.h"

#include "runtime/http/http_server.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>

namespace tideline::http {
namespace {

using testing::HasSubstr;

const std::string kSecret = "s3cret-of-the-door";

TEST(BearerToken, IsTheOneLineOfItsFile) {
  const TemporaryFolder folder;
  for (const char* end : {"", "\n", "\r\n"}) {
    const auto token = BearerToken::read(folder.with("token", kSecret + end));
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_FALSE(token->check({{"authorization", "Bearer " + kSecret}}, ""));
  }
}

TEST(BearerToken, AFileThatHoldsNoneIsRefusedWithoutShowingIt) {
  const TemporaryFolder folder;
  for (const std::string& text : {std::string(), std::string("short"), std::string(2000, 'x'), kSecret + "\n" + kSecret,
                                  "two words " + kSecret, kSecret + "\xff", "=" + kSecret + "\t"}) {
    const auto token = BearerToken::read(folder.with("token", text));
    ASSERT_FALSE(token) << text;
    EXPECT_THAT(token.error().message, HasSubstr("token"));
    EXPECT_THAT(token.error().message, Not(HasSubstr(kSecret)));
  }
  EXPECT_FALSE(BearerToken::read(folder / "none"));
}

TEST(BearerToken, OnlyTheTokenItselfOpens) {
  const BearerToken token(kSecret);
  for (const std::string& good : {"Bearer " + kSecret, "bearer " + kSecret, "BEARER   " + kSecret + " "})
    EXPECT_FALSE(token.check({{"authorization", good}}, "x=1")) << good;
  for (const std::string& bad : {std::string(), kSecret, std::string("Bearer"), "Bearer " + kSecret + "x",
                                 "Bearer " + kSecret.substr(1), "Bearer" + kSecret, "Basic " + kSecret,
                                 "Bearer x" + kSecret.substr(1), "Bearer " + kSecret + ", Bearer " + kSecret}) {
    const auto fault = token.check({{"authorization", bad}}, "");
    ASSERT_TRUE(fault) << bad;
    EXPECT_EQ(fault->status, 401);
    EXPECT_THAT(fault->why, Not(HasSubstr(kSecret.substr(1))));
  }
  EXPECT_EQ(token.check({}, "")->status, 401);
}

TEST(BearerToken, ATokenInTheUrlIsRefusedEvenBesideTheRightOne) {
  const BearerToken token(kSecret);
  for (const std::string& query :
       {"access_token=" + kSecret, "a=1&access_token=" + kSecret, std::string("access_token=%")}) {
    const auto fault = token.check({{"authorization", "Bearer " + kSecret}}, query);
    ASSERT_TRUE(fault) << query;
    EXPECT_EQ(fault->status, 400);
    EXPECT_THAT(fault->why, Not(HasSubstr(kSecret)));
  }
}

// A server behind a token, whose log is kept.
struct Behind {
  Behind() {
    HttpServer::Options options;
    options.admit = [](const RequestHead& head) { return admit(BearerToken(kSecret), head); };
    options.access = [this](const Access& access) { log->info("{}", access_line(access)); };
    auto started =
        HttpServer::start(options, [](const HttpRequest& request) { return HttpResponse{.body = request.path}; }, log);
    EXPECT_TRUE(started);
    server = std::move(*started);
  }
  int status(const std::string& request) const {
    const auto reply = ask(server->port(), request);
    if (reply && reply->status == 401) {
      EXPECT_TRUE(reply->has("WWW-Authenticate: Bearer\r\n"));
    }
    return reply ? reply->status : 0;
  }

  std::ostringstream out;
  Log log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  std::unique_ptr<HttpServer> server;
};

TEST(BearerToken, BehindItOnlyHealthIsOpen) {
  const Behind the;
  for (const char* path : {"/v2/health/live", "/v2/health/ready/", "/ping", "/v2/health/%6cive"})
    EXPECT_EQ(the.status(get(path)), 200) << path;
  for (const char* path :
       {"/", "/metrics", "/api/status", "/v2/models/m", "/v2/health/live/x", "/v2//health/live", "/%"})
    EXPECT_EQ(the.status(get(path)), 401) << path;
  EXPECT_EQ(the.status(post("/v2/health/live", "body")), 401);
  EXPECT_EQ(the.status(get("/metrics", "Authorization: Bearer " + kSecret + "\r\n")), 200);
  EXPECT_EQ(the.status(post("/x", "body", "Authorization: Bearer " + kSecret + "\r\n")), 200);
}

TEST(BearerToken, ABodyIsNotReadWithoutIt) {
  const Behind the;
  const std::string head = "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 60000000\r\n\r\n";
  EXPECT_EQ(the.status(head), 401) << "the client need not begin to send";
}

TEST(BearerToken, NeitherItNorWhatLooksLikeItIsLogged) {
  Behind the;
  const std::string with = "Authorization: Bearer " + kSecret + "\r\n";
  the.status(get("/metrics", with));
  the.status(get("/metrics?access_token=" + kSecret, with));
  the.status(get("/metrics", "Authorization: Basic " + kSecret + "\r\n"));
  the.status(get("/metrics", "Authorization Bearer " + kSecret + "\r\n"));
  the.status("GET /metrics?access_token=" + kSecret + "\r\nHost: x\r\n\r\n");
  the.status("GET /metrics?access_token=" + kSecret + " x HTTP/1.1\r\nHost: x\r\n\r\n");
  the.server.reset();
  EXPECT_THAT(the.out.str(), HasSubstr("/metrics 200"));
  EXPECT_THAT(the.out.str(), Not(HasSubstr(kSecret)));
}

}  // namespace
}  // namespace tideline::http
