#include "runtime/app/decision_log.h"

#include "tests/support/lenet.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace tideline {
namespace {

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

std::vector<nlohmann::json> lines_of(const std::string& file) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

class Decisions : public ::testing::Test {
 protected:
  Decisions() { status_.policy = "adaptive"; }

  void write(double s) { log_.write("lenet", status_, lenet()->cuts(), at(s)); }

  const TemporaryFolder folder_;
  const std::string file_ = (folder_ / "decisions.jsonl").string();
  DecisionLog log_{*open_decision_log(file_, 1_MiB)};
  AgentStatus status_;
};

TEST_F(Decisions, AreWrittenWhenSomethingChangesAndElseEveryTenSeconds) {
  for (const double s : {0.0, 0.1, 5.0, 9.9}) write(s);
  EXPECT_EQ(lines_of(file_).size(), 1u);
  write(10);
  EXPECT_EQ(lines_of(file_).size(), 2u);
  status_.moves = 1;
  write(10.1);
  status_.reason = Reason::too_little_gain;
  write(10.2);
  status_.bound = {"the deadline"};
  write(10.3);
  write(10.4);
  EXPECT_EQ(lines_of(file_).size(), 5u);
}

TEST_F(Decisions, TellWhatWasSeenWhatWasChosenAndWhatBound) {
  status_.plan.cut = 2;
  status_.reason = Reason::gain;
  status_.why = "because \xff";
  status_.bound = {"the bytes per request"};
  status_.now.uplink = 20_Mbps;
  write(0);
  const auto line = lines_of(file_).at(0);
  EXPECT_EQ(line.at("model"), "lenet");
  EXPECT_EQ(line.at("plan").at("cut"), 2);
  EXPECT_EQ(line.at("reason"), "gain");
  EXPECT_EQ(line.at("bound"), nlohmann::json::array({"the bytes per request"}));
  EXPECT_EQ(line.at("conditions").at("uplink_bps"), 20e6);
  EXPECT_EQ(line.at("at").get<std::string>().back(), 'Z');
}

TEST_F(Decisions, AreRotatedAtTheirSize) {
  DecisionLog small(*open_decision_log((folder_ / "small.jsonl").string(), 4_KiB));
  for (int i = 0; i < 100; ++i) {
    status_.moves = static_cast<std::uint64_t>(i);
    small.write("lenet", status_, lenet()->cuts(), at(i));
  }
  for (const char* file : {"small.jsonl", "small.1.jsonl", "small.2.jsonl", "small.3.jsonl"})
    EXPECT_FALSE(lines_of((folder_ / file).string()).empty()) << file;
  EXPECT_TRUE(lines_of((folder_ / "small.4.jsonl").string()).empty());
}

TEST_F(Decisions, AFileThatCannotBeWrittenIsRefused) {
  const auto folder = open_decision_log((folder_ / "").string(), 1_MiB);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("edge.decisions"), std::string::npos);
}

}  // namespace
}  // namespace tideline
