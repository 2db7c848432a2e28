#include "runtime/http/http_text.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(HttpText, PercentDecodingRefusesWhatIsNoEscape) {
  EXPECT_EQ(percent_decoded("/a%20b%2Fc"), "/a b/c");
  for (const char* bad : {"%", "%2", "%zz", "%00", "a%+1"}) EXPECT_FALSE(percent_decoded(bad)) << bad;
}

TEST(HttpText, AnErrorIsJsonWhateverItsMessageHolds) {
  EXPECT_EQ(error_body("a \"b\" \n"), R"({"error":"a \"b\" \n"})");
  EXPECT_NE(error_body("\xff\xfe").find("error"), std::string::npos);
}

}  // namespace
}  // namespace tideline::http
