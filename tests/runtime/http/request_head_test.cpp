#include "runtime/http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

// What a connection makes of bytes: the head, or why it is refused; nothing while more has to come.
std::optional<std::variant<RequestHead, RequestFault>> read(std::string_view bytes) {
  HeadScan scan;
  if (auto fault = scan.see(bytes)) return *fault;
  if (scan.size() == 0) return std::nullopt;
  return parse_head(bytes.substr(0, scan.size()));
}

std::string head(std::string_view fields, std::string_view line = "POST /x HTTP/1.1") {
  return std::string(line) + "\r\nHost: y\r\n" + std::string(fields) + "\r\n";
}

RequestHead taken(const std::string& bytes) {
  const auto got = read(bytes);
  EXPECT_TRUE(got && std::holds_alternative<RequestHead>(*got)) << bytes;
  return got && std::holds_alternative<RequestHead>(*got) ? std::get<RequestHead>(*got) : RequestHead{};
}

RequestFault refused(const std::string& bytes) {
  const auto got = read(bytes);
  EXPECT_TRUE(got && std::holds_alternative<RequestFault>(*got)) << bytes.substr(0, 200);
  return got && std::holds_alternative<RequestFault>(*got) ? std::get<RequestFault>(*got) : RequestFault{0, ""};
}

TEST(RequestHead, TellsWhatARequestAsksAndBrings) {
  const RequestHead got = taken(head("X-Thing: a\r\nx-tHING:\tb \r\nContent-Length: 42\r\n"));
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/x");
  EXPECT_EQ(got.headers.at("x-thing"), "a, b");
  EXPECT_EQ(got.length, 42u);
  EXPECT_FALSE(got.chunked);
  EXPECT_TRUE(got.keep_alive);
  EXPECT_FALSE(got.awaits_go_ahead);
  EXPECT_TRUE(taken(head("Transfer-Encoding: Chunked\r\n")).chunked);
  EXPECT_TRUE(taken(head("EXPECT:  100-Continue \r\ncontent-length:7\r\n")).awaits_go_ahead);
  EXPECT_FALSE(taken(head("Expect: 100-continue\r\n")).awaits_go_ahead) << "there is no body to wait for";
  EXPECT_FALSE(taken(head("Connection: keep-alive , Close\r\n")).keep_alive);
  EXPECT_FALSE(taken("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(taken("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_EQ(taken(head("", "GET http://other:80/a?b HTTP/1.1")).target, "/a?b");
  EXPECT_EQ(taken("\r\n" + head("")).target, "/x") << "some clients end a body with an empty line";
}

TEST(RequestHead, WhatTwoServersCouldReadInTwoWaysIsRefused) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {head("Transfer-Encoding : chunked\r\n"), "a space before its colon"},
      {head("Content-Length\t: 5\r\n"), "a space before its colon"},
      {head("X: a\r\n b\r\n"), "folded over several lines"},
      {head("X: a\r\n\tTransfer-Encoding: chunked\r\n"), "folded over several lines"},
      {"POST /x HTTP/1.1\r\n Host: y\r\n\r\n", "folded over several lines"},
      {"GET / HTTP/1.1\nHost: y\n\n", "without a carriage return"},
      {"GET / HTTP/1.1\r\nHost: y\nX: z\r\n\r\n", "without a carriage return"},
      {"GET / HTTP/1.1\r\nHost: y\rX: z\r\n\r\n", "not at the end of a line"},
      {head(std::string("X: a\0b\r\n", 8)), "0x00"},
      {head("X: a\x7f\r\n"), "0x7f"},
      {"\x16\x03\x01", "0x16"},
      {head("Content-Length: 5\r\nContent-Length: 6\r\n"), "occurs twice"},
      {head("Content-Length: 5\r\nContent-Length: 5\r\n"), "occurs twice"},
      {head("Content-Length: 5, 5\r\n"), "not a number of bytes"},
      {head("Content-Length: +5\r\n"), "not a number of bytes"},
      {head("Content-Length: -5\r\n"), "not a number of bytes"},
      {head("Content-Length: 0x5\r\n"), "not a number of bytes"},
      {head("Content-Length: 5 5\r\n"), "not a number of bytes"},
      {head("Content-Length:\r\n"), "not a number of bytes"},
      {head("Content-Length: 5\r\n" + chunked), "both Content-Length and Transfer-Encoding"},
      {head(chunked + chunked), "occurs twice"},
      {"POST / HTTP/1.0\r\n" + chunked + "\r\n", "HTTP/1.0 has no Transfer-Encoding"},
      {head("Host: z\r\n"), "occurs twice"},
      {"GET / HTTP/1.1\r\n\r\n", "the header Host is missing"},
      {head("no colon\r\n"), "has no colon"},
      {head(": empty\r\n"), "not a header name"},
      {head("a(b): c\r\n"), "not a header name"},
      {head("", "GET  / HTTP/1.1"), "is not a path"},
      {head("", "GET / / HTTP/1.1"), "is not a path"},
      {head("", "GET\t/ HTTP/1.1"), "not a request line"},
      {head("", "GET"), "not a request line"},
      {head("", "G@T / HTTP/1.1"), "not a request line"},
      {head("", "GET x HTTP/1.1"), "is not a path"},
      {head("", "GET / http/1.1"), "is not a version"},
      {"\r\n\r\n", "not a request line"},
  };
  for (const auto& [bytes, sentence] : cases) {
    const RequestFault refusal = refused(bytes);
    EXPECT_EQ(refusal.status, 400) << bytes;
    EXPECT_THAT(refusal.why, HasSubstr(sentence)) << bytes;
  }
}

TEST(RequestHead, WhatIsNotReadHereIsRefusedByItsOwnStatus) {
  EXPECT_EQ(refused(head("Transfer-Encoding: gzip, chunked\r\n")).status, 501);
  EXPECT_EQ(refused(head("Transfer-Encoding: identity\r\n")).status, 501);
  EXPECT_EQ(refused(head("Expect: the-worst\r\nContent-Length: 1\r\n")).status, 417);
  EXPECT_EQ(refused(head("Content-Length: 99999999999999999999999\r\n")).status, 413);
  EXPECT_EQ(refused("PRI * HTTP/2.0\r\n\r\n").status, 505);
  EXPECT_EQ(refused(head("", "GET /" + std::string(9000, 'y') + " HTTP/1.1")).status, 414);
  EXPECT_EQ(refused(head("X: " + std::string(20'000, 'y') + "\r\n")).status, 431);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'y')).status, 431);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
  EXPECT_EQ(refused(head(many)).status, 431);
}

TEST(RequestHead, IsReadAlikeHoweverItsBytesCome) {
  for (const std::string& bytes : {head("Content-Length: 5\r\n"), head("X: a\r\n b\r\n"), head("X : a\r\n"),
                                   std::string("GET / HTTP/1.1\nHost: y\n\n")}) {
    const auto whole = read(bytes);
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
      HeadScan scan;
      auto fault = scan.see(bytes.substr(0, split));
      if (!fault && scan.size() == 0) fault = scan.see(bytes);
      if (fault) {
        EXPECT_EQ(fault->why, std::get<RequestFault>(*whole).why);
        continue;
      }
      ASSERT_EQ(scan.size(), bytes.size()) << split;
      EXPECT_EQ(parse_head(bytes).index(), whole->index());
    }
  }
}

}  // namespace
}  // namespace tideline::http
