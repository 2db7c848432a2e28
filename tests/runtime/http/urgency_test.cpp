#include "runtime/http/urgency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tideline::http {
namespace {

using nlohmann::json;
using std::chrono::microseconds;
using testing::HasSubstr;

constexpr std::uint64_t kDay = 86'400'000'000;
constexpr std::uint64_t kYear = 365 * kDay;

HttpRequest posted(std::string body, std::string query = "") {
  HttpRequest request;
  request.query = std::move(query);
  request.body = std::move(body);
  return request;
}

TEST(Urgency, TimeoutAndPriorityAreReadFromJsonAndFromTheUrl) {
  for (const auto& read : {urgency_of_parameters({{"timeout", 250'000u}, {"priority", 3u}}),
                           urgency_of_query("x=1&timeout=250000&priority=%33")}) {
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->timeout, microseconds(250'000));
    EXPECT_EQ(read->priority, 3u);
    EXPECT_EQ(read->deadline(TimePoint{} + microseconds(1)), TimePoint{} + microseconds(250'001));
  }
}

TEST(Urgency, PriorityZeroAndNoneMeanTheModels) {
  for (const auto& read :
       {urgency_of_parameters(json::object()), urgency_of_parameters({{"priority", 0u}}),
        urgency_of_parameters({{"priority", nullptr}}), urgency_of_query(""), urgency_of_query("priority=0"),
        urgency_of_query("priority="), urgency_of_query("priority")}) {
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->priority);
    EXPECT_FALSE(read->timeout);
    EXPECT_EQ(read->deadline(Clock::now()), TimePoint::max());
  }
}

TEST(Urgency, AMicrosecondIsATimeoutAndAYearIsNone) {
  EXPECT_EQ(urgency_of_query("timeout=1")->timeout, microseconds(1));
  EXPECT_EQ(urgency_of_parameters({{"timeout", kDay}})->timeout, microseconds(kDay));
  EXPECT_FALSE(urgency_of_parameters({{"timeout", kYear}})->timeout);
  EXPECT_FALSE(urgency_of_query("timeout=18446744073709551615")->timeout);
}

TEST(Urgency, ThePriorityOfAHugeNumberIsTheLowest) {
  EXPECT_EQ(urgency_of_query("priority=18446744073709551615")->priority, ~Priority{0});
  EXPECT_EQ(urgency_of_parameters({{"priority", std::uint64_t{1} << 32}})->priority, ~Priority{0});
}

TEST(Urgency, WhatIsNoWholeNumberIsRefusedWithASentence) {
  for (const char* name : {"timeout", "priority"}) {
    const std::string sentence = fmt::format("parameter '{}' is not a whole number of 0 or more", name);
    for (const json& value : {json(-1), json(1.5), json("1"), json(true), json::array({1u})})
      EXPECT_EQ(urgency_of_parameters({{name, value}}).error().message, sentence) << value;
    for (const char* value : {"-1", "1.5", "one", "1x", "18446744073709551616", "%20"})
      EXPECT_EQ(urgency_of_query(fmt::format("{}={}", name, value)).error().message, sentence) << value;
    EXPECT_THAT(urgency_of_query(fmt::format("{}=1&{}=2", name, name)).error().message, HasSubstr("occurs twice"));
  }
  EXPECT_THAT(urgency_of_parameters({{"timeout", 0u}}).error().message, HasSubstr("'timeout' is 0"));
  EXPECT_THAT(urgency_of_query("timeout=0").error().message, HasSubstr("'timeout' is 0"));
}

TEST(Urgency, AGlanceSeesTheParametersOfADocument) {
  const std::string tensor =
      R"({"name":"x","parameters":{"timeout":9,"priority":9},"data":[1,[2,-3],"a",null,0.5,true]})";
  for (const std::string& body :
       {R"({"parameters":{"a":{"priority":8},"priority":2,"timeout":77},"inputs":[)" + tensor + "]}",
        R"({"id":"timeout","inputs":[)" + tensor + R"(],"parameters":{"timeout":77,"priority":2}})"}) {
    const Urgency seen = glance(posted(body, "priority=5")).urgency;
    EXPECT_EQ(seen.timeout, microseconds(77)) << body;
    EXPECT_EQ(seen.priority, 2u) << body;
  }
}

TEST(Urgency, AGlanceSeesThatAPlanIsForced) {
  EXPECT_TRUE(glance(posted(R"({"parameters":{"cut":2}})")).forces);
  EXPECT_TRUE(glance(posted(R"({"parameters":{"priority":1,"codec":"fp16"}})")).forces);
  EXPECT_FALSE(glance(posted(R"({"cut":2,"parameters":{"a":{"cut":2},"priority":1}})")).forces);
}

TEST(Urgency, AGlanceReadsTheUrlWhereThereIsNoJson) {
  HttpRequest raw = posted("{not JSON", "priority=4");
  raw.headers["inference-header-content-length"] = "0";
  for (const HttpRequest& request : {posted("\xff\xd8", "priority=4&timeout=5"), raw})
    EXPECT_EQ(glance(request).urgency.priority, 4u);
}

TEST(Urgency, AGlanceLooksOnlyAtTheFront) {
  const std::string late = R"({"inputs":[")" + std::string(kGlance, 'x') + R"("],"parameters":{"priority":1}})";
  EXPECT_FALSE(glance(posted(late)).urgency.priority);
  const std::string early = R"({"parameters":{"priority":1},"inputs":[")" + std::string(kGlance, 'x') + R"("]})";
  EXPECT_EQ(glance(posted(early)).urgency.priority, 1u);
  const std::string front = R"({"parameters":{"priority":1}})";
  HttpRequest binary = posted(front + std::string(kGlance, '\0'));
  binary.headers["inference-header-content-length"] = std::to_string(front.size());
  EXPECT_EQ(glance(binary).urgency.priority, 1u);
}

TEST(Urgency, AGlanceAtRubbishSeesNothingWrong) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string(kGlance, '{'), "{\"parameters\":" + std::string(kGlance, '['),
        std::string(R"({"parameters":{"timeout":-1,"priority":"high"}})"),
        std::string(R"({"parameters":{"timeout":0}})"), std::string(R"({"parameters":[1,2]})"),
        std::string("{\"parameters\":{\"priority\":1e999}}"), std::string("{\"parameters\":{\"\xff\":1}}")}) {
    const Urgency seen = glance(posted(body, "priority=-3")).urgency;
    EXPECT_FALSE(seen.timeout) << body.substr(0, 60);
    EXPECT_FALSE(seen.priority) << body.substr(0, 60);
  }
  HttpRequest wrong = posted(R"({"parameters":{"priority":1}})");
  wrong.headers["inference-header-content-length"] = "many";
  EXPECT_FALSE(glance(wrong).urgency.priority);
}

}  // namespace
}  // namespace tideline::http
