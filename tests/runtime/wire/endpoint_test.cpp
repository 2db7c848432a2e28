#include "runtime/link/tcp_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::wire {
namespace {

TEST(Endpoint, IsReadAndPrintedBack) {
  for (const char* text : {"127.0.0.1:7070", "cloud.example:1", "[::1]:65535", "[fe80::1%eth0]:80"}) {
    const Result<Endpoint> endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_EQ(to_string(*endpoint), text);
  }
  EXPECT_EQ(parse_endpoint("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_endpoint("localhost:0")->port, 0);
}

TEST(Endpoint, WhatIsNoneIsRefusedWithAnExample) {
  for (const char* text : {"", ":", "host", "host:", ":80", "host:x", "host:65536", "host:-1", "host: 80", "host:80 ",
                           "::1:80", "[::1]", "[]:80", "[::1:80", "[a]b:80"}) {
    const Result<Endpoint> endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().kind, ErrorKind::invalid);
    EXPECT_THAT(endpoint.error().message, testing::HasSubstr("127.0.0.1:7070"));
  }
}

}  // namespace
}  // namespace tideline::wire
