#include "runtime/http/chunked_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tideline::http {
namespace {

struct Read {
  std::string body;
  std::string rest;  // Of the next request.
  bool done = false;
  bool broken = false;
};

Read read(const std::vector<std::string>& parts) {
  ChunkedBody chunks;
  Read read;
  for (const std::string& part : parts) {
    std::string_view bytes = part;
    for (std::string_view piece = chunks.take(bytes); !piece.empty(); piece = chunks.take(bytes)) read.body += piece;
    read.rest += bytes;
  }
  read.done = chunks.done();
  read.broken = chunks.broken().has_value();
  return read;
}

TEST(ChunkedBody, IsPutTogetherHoweverItsBytesCome) {
  const std::string expected = "abcPOST / HTTP/1.1\r\nHost: x\r";
  const std::string bytes = "3\r\nabc\r\n19;name=\"v\"\r\n" + expected.substr(3) + "\r\n0\r\nTrailer: t\r\n\r\nGET /";
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    const Read got = read({bytes.substr(0, split), bytes.substr(split)});
    EXPECT_TRUE(got.done && !got.broken) << split;
    EXPECT_EQ(got.body, expected) << split;
    EXPECT_EQ(got.rest, "GET /") << split;
  }
}

TEST(ChunkedBody, ByteByByteItIsTheSame) {
  std::vector<std::string> bytes;
  for (const char c : std::string("A\r\n0123456789\r\n00\r\n\r\n")) bytes.emplace_back(1, c);
  EXPECT_EQ(read(bytes).body, "0123456789");
  EXPECT_TRUE(read(bytes).done);
}

TEST(ChunkedBody, AnEmptyOneIsDoneAtOnce) {
  EXPECT_TRUE(read({"0\r\n\r\n"}).done);
  EXPECT_FALSE(read({"0\r\n"}).done);
}

TEST(ChunkedBody, WhatIsNotChunkedStrictlyIsRefusedAtEverySplit) {
  const std::string cases[] = {
      "\r\n",
      "zz\r\n",
      " 3\r\nabc\r\n",
      "3 \r\nabc\r\n",
      "+3\r\nabc\r\n",
      "0x3\r\nabc\r\n",
      "3\nabc\r\n",
      "3\r\nabcd\r\n",
      "3\r\nab\r\n0\r\n",
      "3\r\nabc\n0\r\n\r\n",
      "3\rXabc\r\n",
      "3;a\nabc\r\n",
      "-1\r\n",
      "ffffffffffffffff\r\n",
      "0\r\n folded\r\n\r\n",
      "0\r\nT: a\n\r\n",
      "0\r\n\n",
      "3;" + std::string(20'000, 'x'),
      "0\r\n" + std::string(20'000, 'x'),
  };
  for (const std::string& bytes : cases)
    for (std::size_t split = 0; split < std::min<std::size_t>(bytes.size(), 30); ++split) {
      const Read got = read({bytes.substr(0, split), bytes.substr(split)});
      EXPECT_TRUE(got.broken) << bytes.substr(0, 40) << " at " << split;
      EXPECT_FALSE(got.done) << bytes.substr(0, 40);
    }
}

TEST(ChunkedBody, TellsWhatAChunkAnnouncesBeforeItHasCome) {
  ChunkedBody chunks;
  std::string_view bytes = "100\r\nab";
  EXPECT_EQ(chunks.take(bytes), "ab");
  EXPECT_EQ(chunks.announced(), 254u);
}

}  // namespace
}  // namespace tideline::http
