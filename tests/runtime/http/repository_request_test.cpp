#include "runtime/http/repository_request.h"

#include "runtime/http/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tideline::http {
namespace {

using testing::HasSubstr;

TEST(RepositoryRequest, AsksForAllUnlessItSaysReady) {
  for (const char* body : {"", "{}", R"({"ready":false})", R"({"repository_name":"x"})"}) {
    const auto only = only_ready(body);
    ASSERT_TRUE(only) << body;
    EXPECT_FALSE(*only) << body;
  }
  EXPECT_TRUE(*only_ready(R"({"ready":true})"));
}

TEST(RepositoryRequest, ABadBodyIsRefusedWithASentence) {
  const std::pair<std::string, const char*> bad[] = {
      {"ready", "is not JSON"},
      {"[true]", "is not a JSON object"},
      {R"({"ready":1})", "'ready' is '1'; send true or false"},
      {"{\"x\":[" + std::string(40, ',') + "]}", "values"},
      {std::string(5000, ' '), "has 5000 bytes; send at most 4096"},
  };
  for (const auto& [body, sentence] : bad) {
    const auto only = only_ready(body);
    ASSERT_FALSE(only) << body;
    EXPECT_EQ(only.error().kind, ErrorKind::invalid);
    EXPECT_THAT(only.error().message, HasSubstr(sentence));
  }
}

TEST(RepositoryRequest, AModelThatIsNotReadySaysWhy) {
  const nlohmann::json entry = index_entry("lenet", false);
  EXPECT_EQ(entry["state"], "UNAVAILABLE");
  EXPECT_THAT(entry["reason"].get<std::string>(), HasSubstr("cloud"));
}

}  // namespace
}  // namespace tideline::http
