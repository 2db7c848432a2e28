#include "runtime/http/request_watch.h"

#include "runtime/http/http_text.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

std::string head(std::string_view headers) {
  return "POST /x HTTP/1.1\r\nHost: y\r\n" + std::string(headers) + "\r\n";
}

TEST(RequestWatch, TellsTheLengthThatAHeadAnnounces) {
  const auto body = RequestWatch().see(head("Content-Length: 42\r\n"));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->length, 42u);
  EXPECT_FALSE(body->awaits_go_ahead);
}

TEST(RequestWatch, TellsThatAClientAwaitsTheGoAheadWhateverTheLettersCase) {
  const auto body = RequestWatch().see(head("EXPECT:  100-Continue \r\ncontent-length:7\r\n"));
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->awaits_go_ahead);
}

TEST(RequestWatch, ABodyThatIsThereAlreadyAwaitsNothing) {
  const auto body = RequestWatch().see(head("Expect: 100-continue\r\nContent-Length: 3\r\n") + "abc");
  ASSERT_TRUE(body);
  EXPECT_FALSE(body->awaits_go_ahead);
}

TEST(RequestWatch, FindsAHeadThatComesByteByByte) {
  RequestWatch watch;
  const std::string text = head("Content-Length: 5\r\n");
  for (std::size_t i = 0; i + 1 < text.size(); ++i) ASSERT_FALSE(watch.see(text.substr(i, 1))) << i;
  EXPECT_TRUE(watch.see(text.substr(text.size() - 1)));
}

TEST(RequestWatch, DoesNotTakeABodyForAHead) {
  RequestWatch watch;
  const std::string trap = head("Expect: 100-continue\r\nContent-Length: 99999999\r\n");
  ASSERT_TRUE(watch.see(head("Content-Length: " + std::to_string(trap.size()) + "\r\n")));
  EXPECT_FALSE(watch.see(trap));
  EXPECT_TRUE(watch.see(head("Content-Length: 1\r\n"))) << "the next head counts again";
}

TEST(RequestWatch, FindsTheHeadBehindTheEndOfABody) {
  RequestWatch watch;
  ASSERT_TRUE(watch.see(head("Content-Length: 4\r\n") + "ab"));
  const auto next = watch.see("cd" + head("Content-Length: 9\r\n"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->length, 9u);
}

TEST(RequestWatch, IgnoresOtherMethodsAndLengthsThatAreNone) {
  EXPECT_FALSE(RequestWatch().see("GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\n"));
  EXPECT_FALSE(RequestWatch().see(head("Content-Length: -1\r\n")));
  EXPECT_FALSE(RequestWatch().see(head("Content-Length: 99999999999999999999999\r\n")));
  EXPECT_FALSE(RequestWatch().see(""));
}

TEST(RequestWatch, ForgetsAHeadThatNeverEnds) {
  RequestWatch watch;
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(watch.see(std::string(64 << 10, 'P')));
}

TEST(HttpText, PercentDecodingRefusesWhatIsNoEscape) {
  EXPECT_EQ(percent_decoded("/a%20b%2Fc"), "/a b/c");
  for (const char* bad : {"%", "%2", "%zz", "%00", "a%+1"}) EXPECT_FALSE(percent_decoded(bad)) << bad;
}

TEST(HttpText, AnErrorIsJsonWhateverItsMessageHolds) {
  EXPECT_EQ(error_body("a \"b\" \n"), R"({"error":"a \"b\" \n"})");
  EXPECT_NE(error_body("\xff\xfe").find("error"), std::string::npos);
}

}  // namespace
}  // namespace tideline
