#include "runtime/http/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Access answered() {
  return {.method = "POST",
          .path = "/v2/models/m/infer",
          .status = 200,
          .received = 3200,
          .sent = 410,
          .took = std::chrono::microseconds(12'300),
          .client = "192.0.2.7",
          .trace = "4bf92f3577b34da6a3ce929d0e0e4736",
          .notes = {{"model", "m"}, {"placement", "split"}, {"cut", "3"}, {"codec", "fp32"}}};
}

TEST(Access, ALineTellsWhoAskedForWhatAndHowItWent) {
  EXPECT_EQ(access_line(answered()),
            "http: 192.0.2.7 POST /v2/models/m/infer 200, 3200 bytes in, 410 bytes out, 12.300 ms, "
            "trace=4bf92f3577b34da6a3ce929d0e0e4736, model=m, placement=split, cut=3, codec=fp32");
}

TEST(Access, TheFieldsSayTheSame) {
  EXPECT_EQ(json::parse("{" + access_fields(answered()) + "}"), (json{{"method", "POST"},
                                                                      {"path", "/v2/models/m/infer"},
                                                                      {"status", 200},
                                                                      {"received_bytes", 3200},
                                                                      {"sent_bytes", 410},
                                                                      {"ms", 12.3},
                                                                      {"client", "192.0.2.7"},
                                                                      {"trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"},
                                                                      {"model", "m"},
                                                                      {"placement", "split"},
                                                                      {"cut", 3},
                                                                      {"codec", "fp32"}}));
}

TEST(Access, ARequestThatCouldNotBeReadHasNoPath) {
  const Access broken{.status = 400, .client = "192.0.2.7"};
  EXPECT_THAT(access_line(broken), HasSubstr("192.0.2.7 - - 400"));
  EXPECT_FALSE(json::parse("{" + access_fields(broken) + "}").contains("path"));
}

TEST(Access, APathCannotForgeALine) {
  Access evil = answered();
  evil.path = "/\"\\\n{\xff" + std::string(9000, 'x');
  EXPECT_EQ(access_line(evil).find('\n'), std::string::npos);
  EXPECT_LT(access_line(evil).size(), 700u);
  EXPECT_TRUE(json::parse("{" + access_fields(evil) + "}")["path"].get<std::string>().starts_with("/\"\\"));
}

}  // namespace
}  // namespace tideline::http
