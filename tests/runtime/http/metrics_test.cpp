#include "runtime/http/metrics.h"

#include "tests/policy/tables.h"
#include "tests/runtime/http/shell.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tideline::http {
namespace {

using testing::HasSubstr;
using testing::Not;

engine::InferResult served(engine::Placement placement) {
  engine::InferResult served;
  served.placement = placement;
  served.timing.head = std::chrono::milliseconds(3);
  served.timing.total = std::chrono::milliseconds(30);
  return served;
}

plan::Plan plan_at(std::uint32_t cut) {
  return {"m", cut, plan::Codec::q8};
}

std::shared_ptr<const table::Cell> three_plans() {
  table::Cell cell;
  for (const std::uint32_t cut : {2u, 9u, 12u}) cell.estimates.push_back({.plan = plan_at(cut)});
  return std::make_shared<const table::Cell>(cell);
}

// Every family with a line.
void fill(Metrics& metrics) {
  metrics.on_served("net", served(engine::Placement::split));
  metrics.on_served("net", served(engine::Placement::fallback));
  engine::InferResult of_stream = served(engine::Placement::split);
  of_stream.stream = engine::StreamForm::difference;
  metrics.on_served("camera", of_stream);
  metrics.on_failed("net", ErrorKind::overloaded);
  metrics.set("net",
              engine::Engine::Counters{{1, 2, 3, 4}, 5, 6, 7, {9, 8}, {3, 2_KiB}, std::chrono::milliseconds(1500)});
  engine::AgentStatus status;
  status.plan.cut = 9;
  status.wire_ratio = 0.25;
  status.now.uplink = 8_Mbps;
  status.now.rtt = std::chrono::milliseconds(20);
  status.now.edge_slowdown = 1.5;
  status.now.cloud_slowdown = 1.25;
  status.now.edge_memory_free = 0.5;
  status.now.edge_cpu_pressure = 0.25;
  status.now.peer_up = true;
  status.predicted = three_plans();
  status.shares = {.by_plan = {{plan_at(2), 30}, {plan_at(9), 10}}, .all = 40};
  status.load = {.backlog = {.edge = std::chrono::milliseconds(250), .uplink = std::chrono::milliseconds(500)},
                 .rate = 12.5};
  metrics.set("net", status);
  metrics.set(link::PeerState{link::LinkState{true, "127.0.0.1:7070", "", {}, {}, Precision::fp32, 2}, {}});
  metrics.set(wire::TlsIdentity::Status{
      {}, wire::Expiry{std::chrono::system_clock::from_time_t(100), std::chrono::system_clock::from_time_t(200)}, ""});
  status.table_fault = "it is another one's";
  metrics.set_table("net", status, nullptr);
  metrics.set({{"queue_full", 3}, {"too_late", 4}}, 5);
  metrics.set(cloud::CloudServer::Counters{1, 2, 3, 4, {}, 5, 6_KiB, {}, 7, 8, 9_KiB});
}

TEST(Metrics, ShowsWhatItWasTold) {
  Metrics metrics({.version = "1.2.3"});
  fill(metrics);
  const std::string text = metrics.text();
  for (const char* line : {
           "tideline_inference_duration_seconds_count{model=\"net\",placement=\"split\"} 1\n",
           "tideline_inference_duration_seconds_bucket{model=\"net\",placement=\"split\",le=\"0.02\"} 0\n",
           "tideline_inference_duration_seconds_bucket{model=\"net\",placement=\"split\",le=\"0.05\"} 1\n",
           "tideline_stage_duration_seconds_count{model=\"net\",stage=\"head\"} 2\n",
           "tideline_inferences_total{model=\"net\",outcome=\"edge\"} 1\n",
           "tideline_inferences_total{model=\"net\",outcome=\"cloud\"} 2\n",
           "tideline_inferences_total{model=\"net\",outcome=\"split\"} 3\n",
           "tideline_inferences_total{model=\"net\",outcome=\"fallback\"} 4\n",
           "tideline_inferences_total{model=\"net\",outcome=\"failed\"} 5\n",
           "tideline_request_errors_total{kind=\"overloaded\",model=\"net\"} 1\n",
           "tideline_refused_total{reason=\"queue_full\"} 3\n",
           "tideline_refused_total{reason=\"too_late\"} 4\n",
           "tideline_waiting_requests 5\n",
           "tideline_pending_requests{model=\"net\"} 7\n",
           "tideline_swaps_total{model=\"net\"} 6\n",
           "tideline_rehearsal_seconds_total{model=\"net\"} 1.5\n",
           "tideline_races_total{model=\"net\"} 9\n",
           "tideline_races_won_by_edge_total{model=\"net\"} 8\n",
           "tideline_cut_index{model=\"net\"} 9\n",
           "tideline_link_goodput_bytes_per_second{model=\"net\"} 1000000\n",
           "tideline_edge_slowdown_ratio{model=\"net\"} 1.5\n",
           "tideline_wire_bytes_ratio{model=\"net\"} 0.25\n",
           "tideline_plan_share_ratio{codec=\"q8\",cut=\"2\",model=\"net\"} 0.75\n",
           "tideline_plan_share_ratio{codec=\"q8\",cut=\"9\",model=\"net\"} 0.25\n",
           "tideline_request_rate 12.5\n",
           "tideline_backlog_seconds{stage=\"edge\"} 0.25\n",
           "tideline_backlog_seconds{stage=\"uplink\"} 0.5\n",
           "tideline_peer_up{peer=\"127.0.0.1:7070\"} 1\n",
           "tideline_certificate_expiry_timestamp_seconds{certificate=\"own\"} 100\n",
           "tideline_certificate_expiry_timestamp_seconds{certificate=\"ca\"} 200\n",
           "tideline_certificate_refused 0\n",
           "tideline_table_usable{model=\"net\"} 0\n",
           "tideline_build_info{version=\"1.2.3\"} 1\n",
           "tideline_cloud_tails_total{outcome=\"served\"} 3\n",
           "tideline_cloud_received_bytes_total 6144\n",
           "tideline_cloud_streams 7\n",
           "tideline_cloud_stream_references 8\n",
           "tideline_cloud_stream_reference_bytes 9216\n",
           "tideline_stream_frames_total{form=\"difference\",model=\"camera\"} 1\n",
           "tideline_streams 3\n",
           "tideline_stream_reference_bytes 2048\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, APlanThatServesNoLongerHasAShareOfZero) {
  Metrics metrics({.version = "1"});
  fill(metrics);
  engine::AgentStatus status;
  status.predicted = three_plans();
  status.shares = {.by_plan = {{plan_at(9), 4}}, .all = 4};
  metrics.set("net", status);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_plan_share_ratio{codec=\"q8\",cut=\"2\",model=\"net\"} 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_plan_share_ratio{codec=\"q8\",cut=\"9\",model=\"net\"} 1\n"));
  EXPECT_THAT(metrics.text(), testing::Not(HasSubstr("cut=\"12\""))) << "it never served";
}

TEST(Metrics, ShowsWhatACloudRefusedByReason) {
  Metrics metrics({.version = "1"});
  cloud::CloudServer::Counters cloud;
  cloud.refusals = {{"expired", 7}};
  metrics.set(cloud);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_cloud_refusals_total{reason=\"expired\"} 7\n"));
}

TEST(Metrics, CountsOnceWhateverManyTimesItIsTold) {
  Metrics metrics({.version = "1"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) metrics.set("net", engine::Engine::Counters{{10, 0, 0, 0}, 0, 0, 0, {}});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_inferences_total{model=\"net\",outcome=\"edge\"} 10\n"));
}

TEST(Metrics, AReadingThatWasNeverThereHasNoLineAndOneThatWentIsNotANumber) {
  Metrics metrics({.version = "1"});
  engine::AgentStatus status;
  metrics.set("net", status);
  EXPECT_THAT(metrics.text(), Not(HasSubstr("tideline_edge_slowdown_ratio{")));
  status.now.edge_slowdown = 2;
  metrics.set("net", status);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_edge_slowdown_ratio{model=\"net\"} 2\n"));
  status.now.edge_slowdown.reset();
  metrics.set("net", status);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_edge_slowdown_ratio{model=\"net\"} Nan\n"));
}

TEST(Metrics, AModelIsReadyOrNot) {
  Metrics metrics({.version = "1"});
  metrics.set_ready("net", false);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_model_ready{model=\"net\"} 0\n"));
  metrics.set_ready("net", true);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_model_ready{model=\"net\"} 1\n"));
}

TEST(Metrics, TellOfWhichKindAnAgentIs) {
  const Metrics metrics({.version = "1",
                         .mode = "cloud",
                         .precision = "bf16",
                         .machine = {{"architecture", "x86_64"}, {"cpu", "a \"b\""}, {"memory", "1 GiB"}}});
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_build_info{architecture=\"x86_64\",cpu=\"a \\\"b\\\"\",mode="
                                        "\"cloud\",precision=\"bf16\",version=\"1\"} 1\n"));
}

TEST(Metrics, TellWhetherATableIsOfTheseMachines) {
  Metrics metrics({.machine = {{"cpu", "arm"}, {"cores", "4"}}});
  engine::AgentStatus status;
  status.table = std::make_shared<const table::PartitionTable>(
      fixtures::made({fixtures::cell({}, {}, {fixtures::ms(1), fixtures::ms(2), fixtures::ms(3)})}));
  link::LinkState cloud;
  cloud.machine = {{"cores", "8"}};
  metrics.set_table("net", status, &cloud);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("tideline_table_usable{model=\"net\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tideline_table_fits{model=\"net\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tideline_table_matches_machine{model=\"net\",side=\"edge\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tideline_table_matches_machine{model=\"net\",side=\"cloud\"} 0\n"));
  status.fit = {.misfit = estimate::Misfit{}, .evidence = 1};
  metrics.set_table("net", status, nullptr);
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_table_matches_machine{model=\"net\",side=\"cloud\"} Nan\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_table_fits{model=\"net\"} 0\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("tideline_table_misfit_evidence_ratio{model=\"net\"} 1\n"));
}

TEST(Metrics, PromtoolFindsNothingToSay) {
  if (!installed("promtool")) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  Metrics metrics({.version = "1.2.3"});
  fill(metrics);
  metrics.set("net", engine::AgentStatus{});  // Readings that went away.
  const TemporaryFolder folder;
  const std::string scrape = folder.with("scrape", metrics.text());
  const ShellRan ran = shell("promtool check metrics < " + scrape + " 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace tideline::http
