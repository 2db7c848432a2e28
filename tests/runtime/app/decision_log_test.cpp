#include "runtime/app/modes/decision_log.h"

#include "tests/support/lenet.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tideline {
namespace {

TimePoint at(double s) {
  return TimePoint() + from_seconds(s);
}

std::vector<nlohmann::json> json_lines_of(const std::string& file) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

class Decisions : public ::testing::Test {
 protected:
  Decisions() { status_.policy = decide::PolicyKind::adaptive; }

  void write(double s) { log_.write("lenet", status_, lenet()->cuts(), at(s)); }

  const TemporaryFolder folder_;
  const std::string file_ = (folder_ / "decisions.jsonl").string();
  modes::DecisionLog log_{*modes::open_decision_log(file_, 1_MiB), silent_log()};
  engine::AgentStatus status_;
};

TEST_F(Decisions, AreWrittenWhenSomethingChangesAndElseEveryTenSeconds) {
  for (const double s : {0.0, 0.1, 5.0, 9.9}) write(s);
  EXPECT_EQ(json_lines_of(file_).size(), 1u);
  write(10);
  EXPECT_EQ(json_lines_of(file_).size(), 2u);
  status_.moves = 1;
  write(10.1);
  status_.reason = decide::Reason::too_little_gain;
  write(10.2);
  status_.bound = {"the deadline"};
  write(10.3);
  write(10.4);
  EXPECT_EQ(json_lines_of(file_).size(), 5u);
}

TEST_F(Decisions, TellWhatWasSeenWhatWasChosenAndWhatBound) {
  status_.plan.cut = 2;
  status_.reason = decide::Reason::gain;
  status_.why = "because \xff";
  status_.bound = {"the bytes per request"};
  status_.now.uplink = 20_Mbps;
  write(0);
  const auto line = json_lines_of(file_).at(0);
  EXPECT_EQ(line.at("model"), "lenet");
  EXPECT_EQ(line.at("plan").at("cut"), 2);
  EXPECT_EQ(line.at("reason"), "gain");
  EXPECT_EQ(line.at("bound"), nlohmann::json::array({"the bytes per request"}));
  EXPECT_EQ(line.at("conditions").at("uplink_bps"), 20e6);
  EXPECT_EQ(line.at("at").get<std::string>().back(), 'Z');
}

TEST_F(Decisions, AreRotatedAtTheirSize) {
  modes::DecisionLog small(*modes::open_decision_log((folder_ / "small.jsonl").string(), 4_KiB), silent_log());
  for (int i = 0; i < 100; ++i) {
    status_.moves = static_cast<std::uint64_t>(i);
    small.write("lenet", status_, lenet()->cuts(), at(i));
  }
  for (const char* file : {"small.jsonl", "small.1.jsonl", "small.2.jsonl", "small.3.jsonl"})
    EXPECT_FALSE(json_lines_of((folder_ / file).string()).empty()) << file;
  EXPECT_TRUE(json_lines_of((folder_ / "small.4.jsonl").string()).empty());
}

TEST_F(Decisions, AFileThatCannotBeWrittenIsRefused) {
  const auto folder = modes::open_decision_log((folder_ / "").string(), 1_MiB);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("edge.decisions"), std::string::npos);
}

TEST_F(Decisions, AFullDiskIsToldOfOnceAndAgainWhenItHasRoom) {
  std::ostringstream said;
  const auto log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
  auto lines = modes::open_decision_log("/dev/full", 1_MiB);
  ASSERT_TRUE(lines) << lines.error().message;
  modes::DecisionLog full(*lines, log);
  for (int i = 0; i < 50; ++i) full.write("lenet", status_, lenet()->cuts(), at(10 * i));
  const std::string text = said.str();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  EXPECT_NE(text.find("1 decisions could not be logged so far, serving goes on: "), std::string::npos) << text;
  EXPECT_NE(text.find("No space left on device"), std::string::npos) << text;
  full.write("lenet", status_, lenet()->cuts(), at(700));
  EXPECT_NE(said.str().find("51 decisions could not be logged so far"), std::string::npos) << said.str();
}

TEST_F(Decisions, ThatGoOnBeingWrittenAreToldWithTheCountOfThoseThatWereNot) {
  std::ostringstream said;
  const auto log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
  const auto lines = modes::open_decision_log(file_, 1_MiB);
  ASSERT_TRUE(lines);
  const auto sink = lines->lines->sinks().at(0);
  lines->lines->sinks() = {modes::open_decision_log("/dev/full", 1_MiB)->lines->sinks().at(0)};
  modes::DecisionLog decisions(*lines, log);
  for (const double s : {0, 10}) decisions.write("lenet", status_, lenet()->cuts(), at(s));
  lines->lines->sinks() = {sink};
  decisions.write("lenet", status_, lenet()->cuts(), at(20));
  EXPECT_NE(said.str().find("decisions are logged again; 2 were left out"), std::string::npos) << said.str();
  EXPECT_EQ(json_lines_of(file_).size(), 1u);
}

TEST_F(Decisions, APipeIsRefusedAndNotWaitedFor) {
  const std::string pipe = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto opened = modes::open_decision_log(pipe, 1_MiB);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("it is a pipe"), std::string::npos);
}

}  // namespace
}  // namespace tideline
