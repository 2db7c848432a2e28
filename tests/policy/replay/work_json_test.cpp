#include "policy/replay/work_json.h"

#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <string>

namespace tideline::replay {
namespace {

using std::chrono::microseconds;

// A status with this in place of load.work.
std::string status_with(const std::string& work) {
  return R"({"version": "1", "models": [{"load": null}, {"load": {"requests_per_s": 3, "work": )" + work + "}}]}";
}

std::string fault_of(const std::string& status) {
  const auto read = parse_work(status, *fixtures::network(1));
  return read ? "" : read.error().message;
}

const std::string kPlan = R"({"model": "net", "cut": 1, "codec": "q16", "computed_us": 12500.5})";

TEST(WorkOfAStatus, IsReadForThePlansOfTheTable) {
  const std::string other = R"({"model": "another", "cut": 1, "codec": "q16", "computed_us": 3})";
  const auto read =
      parse_work(status_with(R"({"cores": 0.25, "rest_us": 1800, "plans": [)" + other + "," + kPlan + "]}"),
                 *fixtures::network(1));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->cores, 0.25);
  EXPECT_EQ(read->rest, microseconds(1800));
  ASSERT_EQ(read->computed.size(), 1u);
  EXPECT_EQ(read->computed.begin()->first, (plan::Plan{"net", 1, plan::Codec::q16}));
  EXPECT_NEAR(seconds(read->computed.begin()->second), 0.0125005, 1e-9);
}

TEST(WorkOfAStatus, IsRefusedInASentenceThatSaysWhere) {
  const std::string none = "there is no load.work; give the whole answer of /api/status of an edge with a table";
  for (const char* const text : {"{}", "[]", "3", R"({"models": 3})", R"({"models": [3, {"load": null}]})"})
    EXPECT_EQ(fault_of(text), none) << text;
  EXPECT_EQ(fault_of(status_with("7")), "load.work: 7 is not an object");
  const auto with = [](const std::string& cores, const std::string& rest, const std::string& plans) {
    return status_with(R"({"cores": )" + cores + R"(, "rest_us": )" + rest + R"(, "plans": [)" + plans + "]}");
  };
  EXPECT_EQ(fault_of(with("null", "1", kPlan)), "load.work.cores: null is not a number");
  EXPECT_EQ(fault_of(with("0", "1", kPlan)), "load.work.cores: 0 is not a number of cores above 0");
  EXPECT_EQ(fault_of(with("1", "-1", kPlan)), "load.work.rest_us: -1 is not a time from 0 to an hour, in microseconds");
  EXPECT_EQ(fault_of(with("1", "1e30", kPlan)),
            "load.work.rest_us: 1e+30 is not a time from 0 to an hour, in microseconds");
  EXPECT_EQ(fault_of(with("1", "1", "")),
            "load.work has no time of a plan of the table; ask an edge that served by it");
  EXPECT_NE(fault_of(with("1", "1", R"({"model": "net", "cut": -1})")).find("load.work.plans[0].cut"),
            std::string::npos);
  EXPECT_NE(fault_of("{\"models\": ["), "");
}

}  // namespace
}  // namespace tideline::replay
