#include "runtime/http/stream_parameters.h"

#include "tests/runtime/http/infer_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kLongest(128, 'a');

TEST(StreamParameters, ANumberAndATextNameAStream) {
  for (const json& parameters : {json{{"sequence_id", 7u}}, json{{"sequence_id", "7"}}}) {
    const auto stream = stream_of_parameters(parameters);
    ASSERT_TRUE(stream && *stream);
    EXPECT_EQ((*stream)->sequence, "7");
    EXPECT_FALSE((*stream)->start);
    EXPECT_FALSE((*stream)->end);
  }
  EXPECT_EQ((*stream_of_parameters({{"sequence_id", ~std::uint64_t{0}}}))->sequence, "18446744073709551615");
  EXPECT_EQ((*stream_of_parameters({{"sequence_id", kLongest}}))->sequence, kLongest);
}

TEST(StreamParameters, StartAndEndAreReadFromJson) {
  const auto stream =
      stream_of_parameters({{"sequence_id", "camera"}, {"sequence_start", true}, {"sequence_end", false}});
  ASSERT_TRUE(stream && *stream);
  EXPECT_TRUE((*stream)->start);
  EXPECT_FALSE((*stream)->end);
}

TEST(StreamParameters, ZeroEmptyAndAbsentMeanNoStream) {
  for (const json& parameters : {json::object(), json{{"sequence_id", 0u}}, json{{"sequence_id", ""}},
                                 json{{"sequence_id", nullptr}}, json{{"sequence_start", true}}}) {
    const auto stream = stream_of_parameters(parameters);
    ASSERT_TRUE(stream) << parameters;
    EXPECT_FALSE(*stream) << parameters;
  }
  for (const char* query : {"", "sequence_id", "sequence_id=", "sequence_id=0", "x=1&sequence_end=true", "&&"}) {
    const auto stream = stream_of_query(query);
    ASSERT_TRUE(stream) << query;
    EXPECT_FALSE(*stream) << query;
  }
}

TEST(StreamParameters, AValueOfAnotherTypeIsRefusedInJson) {
  for (const json& id : {json(-1), json(1.5), json(true), json::array(), json::object()})
    EXPECT_THAT(stream_of_parameters({{"sequence_id", id}}).error().message,
                HasSubstr("'sequence_id' is neither a whole number of 0 or more nor a text"));
  for (const char* name : {"sequence_start", "sequence_end"})
    EXPECT_EQ(stream_of_parameters({{"sequence_id", 1u}, {name, 1}}).error().message,
              fmt::format("parameter '{}' is neither true nor false", name));
  EXPECT_EQ(stream_of_parameters({{"sequence_id", kLongest + "a"}}).error().message,
            "parameter 'sequence_id' has 129 bytes; give at most 128");
}

TEST(StreamParameters, TheQueryNamesAStreamWithItsEscapesUndone) {
  const auto stream = stream_of_query("a=b&sequence_id=gate%201%26&sequence_start=true&sequence_end=false");
  ASSERT_TRUE(stream && *stream);
  EXPECT_EQ((*stream)->sequence, "gate 1&");
  EXPECT_TRUE((*stream)->start);
  EXPECT_FALSE((*stream)->end);
  EXPECT_TRUE((*stream_of_query("sequence_end=true&sequence_id=7"))->end);
}

TEST(StreamParameters, AFaultyQueryIsRefusedInOneSentence) {
  const auto why = [](std::string_view query) { return stream_of_query(query).error().message; };
  EXPECT_EQ(why("sequence_id=1&sequence_id=1"), "parameter 'sequence_id' occurs twice in the URL");
  EXPECT_EQ(why("sequence_id=%"), "parameter 'sequence_id' has an invalid percent-encoding");
  EXPECT_EQ(why("sequence_id=a%00"), "parameter 'sequence_id' has an invalid percent-encoding");
  EXPECT_EQ(why("sequence_id=1&sequence_start"), "parameter 'sequence_start' is neither true nor false");
  EXPECT_EQ(why("sequence_id=1&sequence_end=1"), "parameter 'sequence_end' is neither true nor false");
  EXPECT_EQ(why("sequence_id=" + kLongest + "b"), "parameter 'sequence_id' has 129 bytes; give at most 128");
}

TEST(StreamParameters, AnInferenceRequestBringsItsStream) {
  const auto with = [](std::string_view parameters) {
    return parse(request(R"("data":[1,2,3,4,5,6])", fmt::format(R"("parameters":{{{}}},)", parameters)));
  };
  const auto parsed = with(R"("sequence_id":"door","sequence_end":true)");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_TRUE(parsed->infer.stream);
  EXPECT_EQ(parsed->infer.stream->sequence, "door");
  EXPECT_TRUE(parsed->infer.stream->end);
  EXPECT_FALSE(with(R"("cut":1)")->infer.stream);
  const auto faulty = with(R"("sequence_id":[])");
  ASSERT_FALSE(faulty);
  EXPECT_EQ(faulty.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::http
