#include "runtime/http/packing.h"

#include "runtime/http/content_coding.h"
#include "tests/runtime/http/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

std::string unpacked(const std::string& packed) {
  Body body;
  EXPECT_FALSE(inflate(ContentCoding::gzip, std::as_bytes(std::span(packed)), {.most = 1 << 20}, body));
  return std::string(body.text());
}

HttpResponse answer(std::string type, std::size_t size) {
  HttpResponse response;
  response.content_type = std::move(type);
  response.body = std::string(size, '7');
  return response;
}

TEST(Packing, LongJsonAndTextArePackedAndNothingElse) {
  for (const char* type : {"application/json", "text/plain; version=0.0.4; charset=utf-8"}) {
    HttpResponse response = answer(type, kWorthPacking);
    pack(response);
    EXPECT_EQ(unpacked(response.body), std::string(kWorthPacking, '7')) << type;
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Content-Encoding", "gzip")));
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Vary", "Accept-Encoding")));
  }
  for (HttpResponse response :
       {answer("application/json", kWorthPacking - 1), answer("application/octet-stream", 9000)}) {
    const std::string before = response.body;
    pack(response);
    EXPECT_EQ(response.body, before);
    EXPECT_TRUE(response.headers.empty());
  }
}

// A server that answers with the body it got, as JSON.
std::unique_ptr<HttpServer> sends_back(HttpServer::Options options) {
  auto server = HttpServer::start(
      options,
      [](const HttpRequest& request) {
        HttpResponse response;
        response.body = std::string(request.body.text());
        response.headers.emplace_back("X-Coding", request.headers.contains("content-encoding") ? "yes" : "no");
        return response;
      },
      silent_log());
  EXPECT_TRUE(server);
  return std::move(*server);
}

const std::string kLong(20'000, 'x');

TEST(Packing, AServerUnpacksRequestsAndPacksAnswersForThoseWhoAcceptIt) {
  const auto server = sends_back({});
  const auto plain = ask(server->port(), post("/", *gzipped(kLong), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->status, 200);
  EXPECT_EQ(plain->body, kLong);
  EXPECT_TRUE(plain->has("X-Coding: no\r\n"));
  EXPECT_FALSE(plain->has("Content-Encoding"));
  const auto packed = ask(server->port(), post("/", kLong, "Accept-Encoding: gzip, deflate\r\n"));
  ASSERT_TRUE(packed);
  EXPECT_TRUE(packed->has("Content-Encoding: gzip\r\n")) << packed->head;
  EXPECT_LT(packed->body.size(), 1000u);
  EXPECT_EQ(unpacked(packed->body), kLong);
}

TEST(Packing, AChunkedBodyMayBePackedToo) {
  const auto server = sends_back({});
  const std::string packed = *gzipped(kLong);
  const auto reply =
      ask(server->port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" +
                              fmt::format("{:x}\r\n", packed.size()) + packed + "\r\n0\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, kLong);
}

TEST(Packing, ABombGets413AndLeavesNothingHeld) {
  Budget budget({8_MiB, 8_MiB});
  HttpServer::Options options;
  options.max_body = 1_MiB;
  options.budget = &budget;
  const auto server = sends_back(options);
  const std::string bomb = *gzipped(std::string(std::size_t{64} << 20, '\0'));
  for (int i = 0; i < 3; ++i) {
    const auto reply = ask(server->port(), post("/", bomb, "Content-Encoding: gzip\r\n"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 413);
    EXPECT_THAT(reply->body, HasSubstr("unpacks to more than the limit of 1048576 bytes"));
  }
  const auto after = ask(server->port(), post("/", "still", "Content-Encoding: identity\r\n"));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->body, "still");
}

TEST(Packing, ABodyThatIsNotWhatItSaysGets400) {
  const auto server = sends_back({});
  for (const char* coding : {"gzip", "deflate", "x-gzip"}) {
    const auto reply = ask(server->port(), post("/", "{}", fmt::format("Content-Encoding: {}\r\n", coding)));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400) << coding;
  }
  const auto unknown = ask(server->port(), post("/", "{}", "Content-Encoding: br\r\n"));
  ASSERT_TRUE(unknown);
  EXPECT_TRUE(unknown->has("X-Coding: yes\r\n")) << "its handler refuses it";
}

}  // namespace
}  // namespace tideline::http
