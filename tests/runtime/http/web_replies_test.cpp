#include "runtime/http/web_replies.h"

#include "runtime/http/web_files.h"
#include "tests/runtime/http/shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace tideline::http {
namespace {

using testing::HasSubstr;

const Headers kGzip = {{"accept-encoding", "gzip, deflate, br"}};

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [one, value] : response.headers)
    if (one == name) return value;
  return "";
}

TEST(WebReplies, OnlyAClientThatNamesHtmlGetsThePage) {
  EXPECT_TRUE(wants_html({{"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}}));
  EXPECT_TRUE(wants_html({{"accept", "application/json, TEXT/HTML ; q=0.1"}}));
  for (const char* accept :
       {"", "*/*", "text/*", "application/json", "text/html;q=0", "text/html;q=0.000", "text/html2"})
    EXPECT_FALSE(wants_html({{"accept", accept}})) << accept;
  EXPECT_FALSE(wants_html({}));
}

TEST(WebReplies, GzipGoesOnlyToThoseWhoAcceptIt) {
  const auto packed = web_reply("/ui/app.js", kGzip);
  ASSERT_TRUE(packed);
  EXPECT_EQ(header(*packed, "Content-Encoding"), "gzip");
  EXPECT_TRUE(packed->body.starts_with("\x1f\x8b"));
  for (const char* accept : {"", "br", "gzip;q=0", "x-gzip2"}) {
    const auto plain = web_reply("/ui/app.js", {{"accept-encoding", accept}});
    ASSERT_TRUE(plain);
    EXPECT_EQ(header(*plain, "Content-Encoding"), "") << accept;
    EXPECT_GT(plain->body.size(), packed->body.size());
    EXPECT_NE(header(*plain, "ETag"), header(*packed, "ETag"));
    EXPECT_THAT(header(*plain, "Vary"), HasSubstr("Accept-Encoding"));
  }
}

TEST(WebReplies, EveryFileHasItsTypeAndTheStrictPolicy) {
  for (const WebFile& file : web_files()) {
    const auto reply = web_reply(file.path, {});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->content_type, file.type);
    EXPECT_EQ(reply->body, file.plain);
    EXPECT_EQ(header(*reply, "X-Content-Type-Options"), "nosniff");
    EXPECT_THAT(header(*reply, "Content-Security-Policy"), HasSubstr("default-src 'none'; script-src 'self'"));
    EXPECT_EQ(header(*reply, "Content-Security-Policy").find("unsafe"), std::string::npos);
  }
  EXPECT_EQ(web_reply("/ui/app.js", {})->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(web_reply("/ui/app.css", {})->content_type, "text/css; charset=utf-8");
}

TEST(WebReplies, AFileThatTheClientHasIsNotSentAgain) {
  const std::string etag = header(*web_reply("/", kGzip), "ETag");
  Headers again = kGzip;
  again["if-none-match"] = "\"other\", W/" + etag;
  const auto reply = web_reply("/", again);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 304);
  EXPECT_EQ(reply->body, "");
  EXPECT_EQ(header(*reply, "ETag"), etag);
  again["if-none-match"] = "\"other\"";
  EXPECT_EQ(web_reply("/", again)->status, 200);
}

TEST(WebReplies, OtherPathsHaveNoFile) {
  for (const char* path : {"/ui", "/ui/", "/ui/app.ts", "/ui/../app.js", "/app.js", ""})
    EXPECT_FALSE(web_reply(path, {})) << path;
  EXPECT_TRUE(web_reply("/ui/app.js/", {}));
}

TEST(WebReplies, ThePageLoadsNothingFromElsewhereAndHasNoScriptOfItsOwn) {
  const std::string page = web_reply("/", {})->body;
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find("<style"), std::string::npos);
  EXPECT_EQ(page.find(" style="), std::string::npos);
  EXPECT_THAT(page, HasSubstr("<script src=\"/ui/app.js\" defer></script>"));
}

TEST(WebReplies, ThePageIsSmall) {
  std::size_t size = 0;
  for (const WebFile& file : web_files()) size += file.gzip.size();
  EXPECT_LT(size, 60'000u);
}

// If this fails: npm ci && npm run build, in runtime/http/web.
TEST(WebReplies, TheBuiltFilesAreThoseOfTheirSources) {
  const std::filesystem::path web = std::filesystem::path(TIDELINE_SOURCE) / "runtime/http/web";
  const ShellRan checked = shell("cd '" + web.string() + "' && sha256sum --check --quiet built/SHA256SUMS 2>&1");
  EXPECT_EQ(checked.status, 0) << checked.out;
  std::ifstream sums(web / "built/SHA256SUMS");
  std::set<std::string> digested;
  for (std::string line; std::getline(sums, line);) digested.insert(line.substr(66));
  for (const auto& file : std::filesystem::directory_iterator(web / "src"))
    EXPECT_TRUE(digested.contains("src/" + file.path().filename().string())) << file.path();
}

}  // namespace
}  // namespace tideline::http
