#include "runtime/http/service.h"

#include "policy/decide/static_policy.h"
#include "runtime/base/refusal_reasons.h"
#include "runtime/http/http_server.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/runtime/http/shell.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstring>

namespace tideline::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Two cells: the cloud is best when the link is fast, the edge when it is slow.
std::shared_ptr<const table::PartitionTable> table() {
  const auto measured = [](BitsPerSecond uplink) {
    table::Cell cell;
    cell.asked.uplink = uplink;
    cell.seen.uplink = uplink;
    for (const model::Cut& cut : lenet()->cuts()) {
      const table::Terms terms{.head = std::chrono::milliseconds(cut.index),
                               .network = uplink.time_for(cut.bytes),
                               .tail = std::chrono::milliseconds(1)};
      cell.estimates.push_back(
          {{lenet()->digest(), cut.index, plan::Codec::fp32}, cut.name, cut.bytes, terms, 2 * terms.total(), {}, 3});
    }
    return cell;
  };
  auto made = table::PartitionTable::make({.model = lenet()->digest(),
                                           .model_name = "lenet",
                                           .cuts = lenet()->last_cut() + 1,
                                           .method = "exhaustive",
                                           .created = "2026-01-01T00:00:00Z"},
                                          {measured(100_Mbps), measured(1_Mbps)});
  EXPECT_TRUE(made) << made.error().message;
  return std::make_shared<const table::PartitionTable>(*std::move(made));
}

// A real lenet behind real sockets, all on the edge, with an agent that stays.
struct Lenets {
  Lenets() {
    HttpServer::Options options;
    options.admission = &admission;
    auto started = HttpServer::start(
        options, [this](HttpRequest request) { return service.handle(std::move(request)); }, silent_log(),
        [this](const HttpRequest& request) { return service.rank(request); });
    EXPECT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }

  RawReply reply(std::string_view request) const {
    const auto got = ask(server->port(), request);
    EXPECT_TRUE(got);
    return got.value_or(RawReply{});
  }
  json page(std::string_view path, int status = 200) const {
    const RawReply got = reply(get(path));
    EXPECT_EQ(got.status, status) << path;
    return json::parse(got.body, nullptr, false);
  }
  RawReply infer(std::string_view body, std::string_view headers = "") const {
    return reply(post("/v2/models/lenet/infer", body, headers));
  }

  const plan::Plan whole{lenet()->digest(), lenet()->last_cut(), plan::Codec::fp32};
  Gate gate{1};
  monitor::Traffic traffic{table()};
  monitor::Monitor monitor{{}, lenet()->digest(), traffic, nullptr};
  const std::unique_ptr<engine::Engine> engine =
      *engine::Engine::start("lenet", {.model = lenet(), .traffic = &traffic, .compute = &gate}, whole);
  const std::unique_ptr<engine::Engine> other =
      *engine::Engine::start("other", {.model = lenet(), .compute = &gate, .priority = 20}, whole);
  engine::Agent agent{{.engine = engine.get(), .monitor = &monitor, .traffic = &traffic, .log = silent_log()},
                      {std::make_shared<decide::StaticPolicy>(whole, whole, plan::Constraints{}, table()), table()}};
  Metrics metrics{{.version = "1.2.3"}};
  Admission admission{{}, silent_log()};
  Slot<engine::LearningStatus> learning{nullptr};
  Service service{
      "1.2.3", {{engine.get(), &agent, {}, &learning}, {other.get(), nullptr}}, nullptr, metrics, &admission};
  std::unique_ptr<HttpServer> server;
};

class ServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { served_ = std::make_unique<Lenets>(); }
  static void TearDownTestSuite() { served_.reset(); }
  Lenets& the() const { return *served_; }

 private:
  static std::unique_ptr<Lenets> served_;
};
std::unique_ptr<Lenets> ServiceTest::served_;

Tensor input(std::uint64_t seed = 1) {
  return model::random_tensors(lenet()->inputs(), seed).front();
}

std::string bytes_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size()};
}

std::vector<float> expected(const Tensor& in) {
  const auto out = lenet()->run(lenet()->whole(), std::span(&in, 1));
  EXPECT_TRUE(out) << out.error().message;
  return {out->front().floats().begin(), out->front().floats().end()};
}

// The members of the input but its data.
json described() {
  const TensorSpec& spec = lenet()->inputs().front();
  return {{"name", spec.name}, {"datatype", "FP32"}, {"shape", spec.shape}};
}

std::string json_request(const Tensor& in, json parameters = json::object()) {
  json one = described();
  one["data"] = std::vector<float>(in.floats().begin(), in.floats().end());
  return json{{"id", "7"}, {"parameters", std::move(parameters)}, {"inputs", json::array({std::move(one)})}}.dump();
}

TEST_F(ServiceTest, ServesAnInferenceInJson) {
  const RawReply reply = the().infer(json_request(input()));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.has("Content-Type: application/json\r\n"));
  const json body = json::parse(reply.body);
  EXPECT_EQ(body["model_name"], "lenet");
  EXPECT_EQ(body["id"], "7");
  EXPECT_EQ(body["parameters"]["placement"], "edge");
  EXPECT_EQ(body["parameters"]["cut"], lenet()->last_cut());
  EXPECT_GT(body["parameters"]["total_us"], 0);
  EXPECT_EQ(body["outputs"][0]["data"].get<std::vector<float>>(), expected(input()));
}

TEST_F(ServiceTest, ServesAnInferenceInBinaryWithTheSameNumbers) {
  json one = described();
  one["parameters"]["binary_data_size"] = input().bytes().size();
  const std::string head =
      json{{"parameters", {{"binary_data_output", true}}}, {"inputs", json::array({std::move(one)})}}.dump();
  const RawReply reply =
      the().infer(head + bytes_of(input()), "Inference-Header-Content-Length: " + std::to_string(head.size()) + "\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.has("Content-Type: application/octet-stream\r\n"));
  const std::vector<float> want = expected(input());
  const std::size_t size = want.size() * sizeof(float);
  EXPECT_TRUE(reply.has(fmt::format("Inference-Header-Content-Length: {}\r\n", reply.body.size() - size)))
      << reply.head;
  EXPECT_EQ(std::memcmp(reply.body.data() + reply.body.size() - size, want.data(), size), 0);
}

TEST_F(ServiceTest, ServesARawBody) {
  const RawReply reply = the().infer(bytes_of(input()), "Inference-Header-Content-Length: 0\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.has("Inference-Header-Content-Length: "));
}

TEST_F(ServiceTest, BadRequestsAreRefusedWithASentenceAndTheNextIsServed) {
  const std::string good = json_request(input());
  const auto sized = [](std::string_view size) { return fmt::format("Inference-Header-Content-Length: {}\r\n", size); };
  struct Bad {
    std::string request;
    int status;
    std::string sentence;
  };
  const std::string path = "/v2/models/lenet/infer";
  const std::vector<Bad> cases = {
      {post(path, ""), 400, "the body is not JSON"},
      {post(path, good.substr(0, good.size() / 2)), 400, "the body is not JSON"},
      {post(path, std::string(100'000, '[')), 400, "levels deep"},
      {post(path, good, sized("999999999")), 400, "but the body has only"},
      {post(path, good, sized("-1")), 400, "'-1', which is not a number of bytes"},
      {post(path, good, sized("ten")), 400, "not a number of bytes"},
      {post(path, good, sized("18446744073709551616")), 400, "not a number of bytes"},
      {post(path, good, sized("1") + sized("2")), 400, "'1, 2', which is not a number"},
      {post(path, good, "Content-Encoding: br\r\n"), 415, "Content-Encoding 'br'"},
      {post(path, good, "Content-Encoding: gzip\r\n"), 400, "is not gzip as its Content-Encoding says"},
      {post(path, json_request(input(), {{"cut", 999}})), 400, "no cut 999"},
      {post(path, json_request(input(), {{"cut", 0}})), 400, "needs a cloud"},
      {post(path, json_request(input(), {{"codec", "zip"}})), 400, "codec"},
      {post("/v2/models/nobody/infer", good), 404,
       "Request for unknown model: 'nobody' is not found; available: 'lenet', 'other'"},
      {post("/v2/models/lenet/versions/2/infer", good), 404, "no version '2'"},
      {post("/v3", good), 404, "there is no path '/v3'; GET / lists all paths"},
      {get(path), 405, "does not support 'GET'; use POST"},
      {post("/metrics", ""), 405, "use GET"},
      {"DELETE /v2/models/lenet HTTP/1.1\r\nHost: x\r\n\r\n", 405, "does not support 'DELETE'"},
  };
  for (const Bad& bad : cases) {
    const RawReply reply = the().reply(bad.request);
    EXPECT_EQ(reply.status, bad.status) << bad.sentence;
    const json body = json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(body.is_object() && body.contains("error")) << reply.body;
    EXPECT_THAT(body["error"].get<std::string>(), HasSubstr(bad.sentence));
    EXPECT_EQ(reply.has("Allow: "), bad.status == 405);
    EXPECT_EQ(the().infer(good).status, 200) << "after " << bad.sentence;
  }
}

TEST_F(ServiceTest, ADeadlineThatPassesInTheQueueIsTooMuchForNow) {
  const auto pass = the().gate.enter(TimePoint::max());
  ASSERT_TRUE(pass);
  const RawReply reply = the().infer(json_request(input(), {{"timeout", 1}}));
  EXPECT_EQ(reply.status, 503) << reply.body;
  EXPECT_TRUE(reply.has("Retry-After: 1\r\n"));
}

TEST_F(ServiceTest, ATimeoutCountsFromWhenTheRequestCame) {
  HttpRequest request{
      .method = "POST", .path = "/v2/models/lenet/infer", .body = json_request(input(), {{"timeout", 500'000}})};
  request.received = Clock::now() - std::chrono::seconds(1);
  const auto rank = the().service.rank(request);
  ASSERT_TRUE(rank) << "nothing is predicted";
  EXPECT_EQ(rank->begin_by, request.received + std::chrono::milliseconds(500));
  const auto pass = the().gate.enter(TimePoint::max());
  EXPECT_EQ(the().service.handle(request).status, 503);
}

TEST_F(ServiceTest, RequestsAreRankedByTheirPriorityOrElseTheModels) {
  const auto priority_of = [&](std::string path, std::string body, std::string query) {
    const auto rank = the().service.rank(
        {.method = "POST", .path = std::move(path), .query = std::move(query), .body = std::move(body)});
    return rank ? rank->priority : 0;
  };
  EXPECT_EQ(priority_of("/v2/models/lenet/infer", json_request(input()), ""), kUsualPriority);
  EXPECT_EQ(priority_of("/v2/models/other/infer", json_request(input()), ""), 20u);
  EXPECT_EQ(priority_of("/v2/models/other/infer", json_request(input(), {{"priority", 0}}), ""), 20u);
  EXPECT_EQ(priority_of("/v2/models/other/infer", R"({"parameters":{"priority":3}})", ""), 3u);
  EXPECT_EQ(priority_of("/predictions/other", "image", "priority=7"), 7u);
  EXPECT_EQ(priority_of("/v2/models/nobody/infer", "", "priority=7"), kUsualPriority);
  EXPECT_EQ(priority_of("/nowhere", "", "priority=7"), kUsualPriority);
  EXPECT_EQ(the().infer(json_request(input(), {{"priority", "high"}})).status, 400);
  EXPECT_EQ(the().infer(json_request(input(), {{"priority", 1}})).status, 200);
}

TEST(Service, RefusalsAreCountedInMetricsAndStatus) {
  Lenets one;
  EXPECT_EQ(one.page("/api/status")["refused"], json::object());
  {
    const auto pass = one.gate.enter(TimePoint::max());
    EXPECT_EQ(one.infer(json_request(input(), {{"timeout", 1}})).status, 503);
    EXPECT_EQ(one.infer(json_request(input(), {{"timeout", 20'000}})).status, 503);
  }
  const json status = one.page("/api/status");
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : status["refused"].items()) {
    EXPECT_TRUE(reason == refusal::kTooLate || reason == refusal::kOverdue) << reason;
    EXPECT_THAT(one.reply(get("/metrics")).body,
                HasSubstr(fmt::format("tideline_refused_total{{reason=\"{}\"}} {}\n", reason, count.get<int>())));
    sum += count.get<std::uint64_t>();
  }
  EXPECT_EQ(sum, 2u);
  EXPECT_EQ(status["waiting"], 0);
  EXPECT_THAT(one.reply(get("/metrics")).body, HasSubstr("tideline_waiting_requests 0\n"));
  if (!installed("promtool")) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  const TemporaryFolder folder;
  const ShellRan ran =
      shell("promtool check metrics < " + folder.with("scrape", one.reply(get("/metrics")).body) + " 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.out;
}

TEST_F(ServiceTest, AHundredInferencesAtOnceAreAllRight) {
  HttpServer::Options options;
  options.workers = 4;
  options.queue = 200;
  const auto server =
      *HttpServer::start(options, [&](HttpRequest r) { return the().service.handle(std::move(r)); }, silent_log());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::uint64_t i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    ASSERT_TRUE(clients.back()->send(post("/v2/models/lenet/infer", json_request(input(i)))));
  }
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto reply = clients[i]->reply();
    ASSERT_TRUE(reply) << i;
    ASSERT_EQ(reply->status, 200) << reply->body;
    EXPECT_EQ(json::parse(reply->body)["outputs"][0]["data"].get<std::vector<float>>(), expected(input(i))) << i;
  }
}

TEST_F(ServiceTest, TellsOfItselfAndItsModels) {
  EXPECT_EQ(the().page("/v2"),
            (json{{"name", "tideline"},
                  {"version", "1.2.3"},
                  {"extensions", json::array({"binary_tensor_data", "classification", "model_configuration",
                                              "model_repository", "schedule_policy", "sequence", "statistics"})}}));
  EXPECT_EQ(the().page("/v2/"), the().page("/v2"));
  const json model = the().page("/v2/models/lenet");
  EXPECT_EQ(model["name"], "lenet");
  EXPECT_EQ(model["platform"], "pytorch_torchscript");
  EXPECT_EQ(model["versions"], json::array({"1"}));
  EXPECT_EQ(model["inputs"], json::array({described()}));
  EXPECT_EQ(model["outputs"].size(), lenet()->outputs().size());
  EXPECT_EQ(the().page("/v2/models/lenet/versions/1"), model);
  EXPECT_EQ(the().page("/v2/models/lenet/ready"), (json{{"name", "lenet"}, {"ready", true}}));
  const json config = the().page("/v2/models/lenet/config");
  EXPECT_EQ(config["max_batch_size"], 0);
  EXPECT_EQ(config["backend"], "pytorch");
  EXPECT_EQ(config["input"][0]["data_type"], "TYPE_FP32");
  EXPECT_EQ(config["input"][0]["name"], model["inputs"][0]["name"]);
  EXPECT_THAT(the().reply(get("/")).body, HasSubstr("/v2/models/{model}/infer"));
}

TEST_F(ServiceTest, TheRepositoryListsTheModelsAndLoadsNone) {
  const auto entry = [](const char* name) {
    return json{{"name", name}, {"version", "1"}, {"state", "READY"}, {"reason", ""}};
  };
  for (const char* body : {"", "{}", R"({"ready":true})", R"({"ready":false})"}) {
    const RawReply reply = the().reply(post("/v2/repository/index", body));
    EXPECT_EQ(reply.status, 200) << body;
    EXPECT_EQ(json::parse(reply.body), json::array({entry("lenet"), entry("other")})) << body;
  }
  const RawReply wrong = the().reply(post("/v2/repository/index", R"({"ready":"yes"})"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("send true or false"));
  for (const char* verb : {"load", "unload"}) {
    const RawReply refused = the().reply(post(fmt::format("/v2/repository/models/lenet/{}", verb), "{}"));
    EXPECT_EQ(refused.status, 501) << verb;
    EXPECT_THAT(refused.body, HasSubstr("change [models] of the config, and restart the agent"));
  }
}

TEST_F(ServiceTest, APageOfAnotherSiteGetsNoLeave) {
  const std::string origin = "Origin: https://example.org\r\n";
  for (const std::string& request :
       {get("/v2", origin), get("/api/status", origin), post("/v2/models/lenet/infer", json_request(input()), origin),
        "OPTIONS /v2/models/lenet/infer HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\n" + origin +
            "\r\n"}) {
    const RawReply reply = the().reply(request);
    EXPECT_FALSE(reply.has("Access-Control-")) << reply.head;
    EXPECT_EQ(reply.status, request.starts_with("OPTIONS") ? 405 : 200);
  }
}

TEST_F(ServiceTest, HeadIsAnsweredAsGetWithoutTheBody) {
  for (const char* path : {"/v2/health/live", "/v2/health/ready", "/v2/models/lenet", "/metrics"}) {
    RawClient client(the().server->port());
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n" + get("/v2/health/live"));
    const auto reply = client.reply(false);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200) << path;
    EXPECT_FALSE(reply->has("Content-Length: 0\r\n")) << path;
    EXPECT_EQ(client.reply()->body, R"({"live":true})") << path;
  }
}

TEST_F(ServiceTest, ADoorThatAcceptsNoMoreIsNeitherLiveNorReady) {
  the().service.set_accepting(false);
  EXPECT_EQ(the().page("/v2/health/live", 503), (json{{"live", false}}));
  EXPECT_EQ(the().page("/v2/health/ready", 503), (json{{"ready", false}}));
  EXPECT_FALSE(the().service.set_accepting(true));
  EXPECT_EQ(the().page("/v2/health/live"), (json{{"live", true}}));
}

TEST_F(ServiceTest, StatisticsHaveTheFieldsThatPerfAnalyzerReads) {
  const auto count = [&](const char* path) { return the().page(path)["model_stats"][0]["inference_count"].get<int>(); };
  const int before = count("/v2/models/lenet/stats");
  the().infer(json_request(input()));
  the().infer("nonsense");
  const json stats = the().page("/v2/models/lenet/stats")["model_stats"][0];
  EXPECT_EQ(stats["name"], "lenet");
  EXPECT_EQ(stats["version"], "1");
  EXPECT_EQ(stats["inference_count"], before + 1);
  EXPECT_GT(stats["last_inference"], 1'600'000'000'000);
  for (const char* field :
       {"success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss"}) {
    EXPECT_TRUE(stats["inference_stats"][field]["count"].is_number_unsigned()) << field;
    EXPECT_TRUE(stats["inference_stats"][field]["ns"].is_number_unsigned()) << field;
  }
  EXPECT_GT(stats["inference_stats"]["compute_infer"]["ns"], 0);
  EXPECT_GT(stats["inference_stats"]["fail"]["count"], 0);
  EXPECT_EQ(stats["batch_stats"][0]["batch_size"], 1);
  EXPECT_EQ(stats["memory_usage"], json::array());
  EXPECT_EQ(the().page("/v2/models/stats")["model_stats"].size(), 2u);
}

TEST_F(ServiceTest, StatusTellsThePlanTheConditionsAndThePredictions) {
  the().traffic.on_sample({.uplink = plan::Rate{BitsPerSecond{900'000}}, .rtt = {}, .at = Clock::now()});
  the().agent.tick(Clock::now());
  const json status = the().page("/api/status");
  EXPECT_EQ(status["version"], "1.2.3");
  EXPECT_EQ(status["link"], json());
  const json& lenet_status = status["models"][0];
  EXPECT_EQ(lenet_status["digest"], lenet()->digest());
  EXPECT_EQ(lenet_status["plan"]["cut"], lenet()->last_cut());
  EXPECT_EQ(lenet_status["plan"]["codec"], "fp32");
  EXPECT_TRUE(lenet_status["plan"]["wire_ratio"].is_null()) << "edge-only sends nothing";
  EXPECT_EQ(lenet_status["policy"], "static");
  EXPECT_TRUE(lenet_status["accuracy"].is_null());
  EXPECT_TRUE(lenet_status["shares"].is_array());
  EXPECT_EQ(lenet_status["load"]["in_progress"], 0);
  EXPECT_EQ(lenet_status["load"]["backlog"]["edge_us"], 0);
  EXPECT_TRUE(lenet_status["load"]["work"]["plans"].is_array());
  EXPECT_NE(lenet_status["why"], "");
  EXPECT_TRUE(lenet_status["conditions"].contains("rtt_us"));
  EXPECT_TRUE(lenet_status["conditions"]["rtt_us"].is_null());
  EXPECT_TRUE(lenet_status["cell"].is_null()) << "only the policy table goes by a cell";
  EXPECT_EQ(lenet_status["predictions"].size(), lenet()->cuts().size());
  const json& cloud = lenet_status["predictions"][0];
  EXPECT_EQ(cloud["cut_name"], lenet()->cuts()[0].name);
  EXPECT_EQ(cloud["terms"]["tail_us"], 1000);
  EXPECT_EQ(cloud["total_us"].get<int>(), cloud["terms"]["network_us"].get<int>() + 1000);
  EXPECT_EQ(lenet_status["cuts"].size(), lenet()->cuts().size());
  EXPECT_EQ(lenet_status["table"],
            (json{{"created", "2026-01-01T00:00:00Z"}, {"method", "exhaustive"}, {"cells", 2}, {"inputs", json()}}));

  const json& without_agent = status["models"][1];
  EXPECT_TRUE(without_agent["policy"].is_null());
  EXPECT_TRUE(without_agent["conditions"]["uplink_bps"].is_null());
  EXPECT_EQ(without_agent["predictions"], json::array());
}

TEST_F(ServiceTest, TheStatusSaysHowFarAnEdgeHasMeasuredItsPlans) {
  const auto shown = [this] { return the().page("/api/status")["models"][0]["learning"]; };
  EXPECT_TRUE(shown().is_null());
  engine::LearningStatus measuring{.doing = engine::LearningStatus::Doing::measuring, .text = "measuring"};
  the().learning.publish(std::make_shared<const engine::LearningStatus>(measuring));
  EXPECT_EQ(shown(), (json{{"state", "measuring"},
                           {"text", "measuring"},
                           {"since", json()},
                           {"measured", 0},
                           {"candidates", json()},
                           {"widest_interval", json()},
                           {"again_from_uplink_bps", json()}}));
  engine::LearningStatus done{.doing = engine::LearningStatus::Doing::done,
                              .text = "done",
                              .since = "2026-01-01T00:00:00Z",
                              .measured = 3,
                              .candidates = 5,
                              .widest = 0.25,
                              .more_from = 10_Mbps};
  the().learning.publish(std::make_shared<const engine::LearningStatus>(done));
  EXPECT_EQ(shown(), (json{{"state", "done"},
                           {"text", "done"},
                           {"since", "2026-01-01T00:00:00Z"},
                           {"measured", 3},
                           {"candidates", 5},
                           {"widest_interval", 0.25},
                           {"again_from_uplink_bps", 1e7}}));
  the().learning.publish(nullptr);
}

TEST_F(ServiceTest, MetricsAreInPrometheusTextFormat) {
  the().infer(json_request(input()));
  const RawReply reply = the().reply(get("/metrics"));
  EXPECT_TRUE(reply.has("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(reply.body, HasSubstr("tideline_inferences_total{model=\"lenet\",outcome=\"edge\"} "));
  EXPECT_THAT(reply.body, HasSubstr(fmt::format("tideline_cut_index{{model=\"other\"}} {}\n", lenet()->last_cut())));
  if (!installed("promtool")) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  const TemporaryFolder folder;
  const ShellRan ran = shell("promtool check metrics < " + folder.with("scrape", reply.body) + " 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.out;
}

TEST_F(ServiceTest, APythonClientOfTheStandardLibraryIsServed) {
  if (!installed("python3")) GTEST_SKIP() << "python3 is not installed";
  const TemporaryFolder folder;
  const std::string request = folder.with("request.json", json_request(input()));
  const std::string program = folder.with("client.py", R"(
import http.client, json, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/lenet"):
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, (path, answer.status)
    json.loads(answer.read())
connection.request("POST", "/v2/models/lenet/infer", open(sys.argv[2], "rb").read())
answer = connection.getresponse()
print(answer.status, json.dumps(json.loads(answer.read())["outputs"][0]["data"]))
)");
  const ShellRan ran = shell(fmt::format("python3 {} {} {} 2>&1", program, the().server->port(), request));
  ASSERT_EQ(ran.status, 0) << ran.out;
  ASSERT_EQ(ran.out.substr(0, 4), "200 ");
  EXPECT_EQ(json::parse(ran.out.substr(4)).get<std::vector<float>>(), expected(input()));
}

TEST_F(ServiceTest, CurlIsServed) {
  if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
  const TemporaryFolder folder;
  const std::string request = folder.with("request.json", json_request(input()));
  const ShellRan ran = shell(fmt::format("curl -sS --max-time 60 -d @{} http://127.0.0.1:{}/v2/models/lenet/infer 2>&1",
                                         request, the().server->port()));
  EXPECT_EQ(json::parse(ran.out, nullptr, false)["outputs"][0]["data"].get<std::vector<float>>(), expected(input()));
}

TEST(Service, IsNotReadyWhileTheCloudIsAwayThatAloneHoldsTheRest) {
  const auto small = lenet_up_to(2);
  ScriptedLink away([](const wire::TailRequest&, TimePoint) { return std::nullopt; });
  Gate gate(1);
  const auto engine = engine::Engine::start("lenet", {.model = small, .link = &away, .compute = &gate},
                                            {small->digest(), small->deepest_cut(), plan::Codec::fp32});
  ASSERT_TRUE(engine) << engine.error().message;
  Metrics metrics{{.version = "1"}};
  Service service{"1", {{engine->get(), nullptr}}, &away, metrics};
  for (const char* path : {"/v2/health/ready", "/v2/models/lenet/ready"}) {
    const HttpResponse response = service.handle({.method = "GET", .path = path});
    EXPECT_EQ(response.status, 503) << path;
    EXPECT_EQ(json::parse(response.body)["ready"], false) << path;
  }
  EXPECT_EQ(service.handle({.method = "GET", .path = "/v2/health/live"}).status, 200);
  EXPECT_THAT(service.handle({.method = "GET", .path = "/metrics"}).body,
              HasSubstr("tideline_model_ready{model=\"lenet\"} 0\n"));
}

TEST_F(ServiceTest, BrowsersGetThePageAndOthersThePaths) {
  const RawReply paths = the().reply(get("/", "Accept: */*\r\n"));
  EXPECT_TRUE(paths.has("Content-Type: text/plain; charset=utf-8\r\n")) << paths.head;
  EXPECT_THAT(paths.body, HasSubstr("/api/events"));
  const RawReply page = the().reply(get("/", "Accept: text/html,*/*;q=0.8\r\n"));
  EXPECT_TRUE(page.has("Content-Type: text/html; charset=utf-8\r\n")) << page.head;
  EXPECT_TRUE(page.has("Content-Security-Policy: default-src 'none';")) << page.head;
  EXPECT_THAT(page.body, testing::StartsWith("<!doctype html>"));
  EXPECT_EQ(the().reply(get("/ui/app.js")).status, 200);
  EXPECT_EQ(the().reply(get("/ui/app.ts")).status, 404);
  EXPECT_EQ(the().reply(post("/", "")).status, 405);
}

TEST_F(ServiceTest, AnEventTellsWhatChangesAndNotTheWholeTable) {
  the().agent.tick(Clock::now());
  the().service.event(std::chrono::system_clock::now(), {});
  ASSERT_EQ(the().infer(json_request(input())).status, 200);
  using std::chrono::milliseconds;
  const json event = json::parse(the().service.event(std::chrono::system_clock::time_point(milliseconds(1'500)), {}));
  EXPECT_EQ(event["at"], "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(event["version"], "1.2.3");
  EXPECT_TRUE(event["cloud"].is_null());
  EXPECT_TRUE(event["campaign"].is_null());
  const json& model = event["models"][0];
  EXPECT_EQ(model["name"], "lenet");
  EXPECT_EQ(model["plan"]["cut"], lenet()->last_cut());
  EXPECT_EQ(model["predicted"]["cut"], lenet()->last_cut());
  EXPECT_LE(model["fastest"]["total_us"], model["predicted"]["total_us"]);
  EXPECT_EQ(model["observed"]["requests"], 1);
  EXPECT_GT(model["observed"]["terms"]["head_us"], 0);
  EXPECT_EQ(model["table_fit"]["fits"], true);
  EXPECT_LT(model["table_fit"]["evidence"], 1);
  EXPECT_TRUE(event["models"][1]["table_fit"].is_null());
  EXPECT_FALSE(model.contains("predictions"));
  EXPECT_FALSE(model.contains("cuts"));
  EXPECT_TRUE(event["models"][1]["predicted"].is_null()) << "it has no table";
}

TEST_F(ServiceTest, AnEventOfACloudHasItsCountersAndConditions) {
  cloud::CloudServer::Counters counters;
  counters.served = 7;
  counters.runs = {{2, 3}};
  plan::Conditions machine;
  machine.edge_memory_free = 0.5;
  const json event = json::parse(the().service.event(std::chrono::system_clock::now(), {&counters, &machine}));
  EXPECT_EQ(event["cloud"]["served"], 7);
  EXPECT_EQ(event["cloud"]["runs"], (json::array({{{"together", 2}, {"count", 3}}})));
  EXPECT_EQ(event["machine"]["edge_memory_free"], 0.5);
}

TEST_F(ServiceTest, AMalformedEventIdIsRefusedInOneSentence) {
  const RawReply reply = the().reply(get("/api/events", "Last-Event-ID: yesterday\r\n"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(json::parse(reply.body)["error"].get<std::string>(), HasSubstr("Last-Event-ID 'yesterday' is no id"));
}

TEST(Service, AProcessThatMeasuresTellsItsCampaignAndTakesNoInferences) {
  Metrics metrics({.version = "1.2.3", .mode = "profile", .precision = "fp32", .machine = {}});
  Slot<CampaignStatus> campaign(std::make_shared<const CampaignStatus>(CampaignStatus{.model = "lenet"}));
  Service service("1.2.3", {}, nullptr, metrics);
  service.tell_of(&campaign);
  const auto page = [&](const char* path) { return service.handle({.method = "GET", .path = path}); };
  const json first = json::parse(page("/api/status").body)["campaign"];
  EXPECT_EQ(first["doing"], "starting");
  EXPECT_TRUE(first["noise"].is_null());
  EXPECT_TRUE(first["remaining_us"].is_null());
  campaign.publish(std::make_shared<const CampaignStatus>(CampaignStatus{.model = "lenet",
                                                                         .doing = "measuring",
                                                                         .text = "visit 2/4 (no load), 30/100 measured",
                                                                         .asked = "no load",
                                                                         .visit = 2,
                                                                         .visits = 4,
                                                                         .done = 30,
                                                                         .total = 100,
                                                                         .failed = 1,
                                                                         .left_out = 0,
                                                                         .noise = 0.25,
                                                                         .remaining = std::chrono::seconds(7)}));
  const json event = json::parse(service.event(std::chrono::system_clock::now(), {}));
  EXPECT_EQ(event["campaign"], (json{{"model", "lenet"},
                                     {"doing", "measuring"},
                                     {"text", "visit 2/4 (no load), 30/100 measured"},
                                     {"asked", "no load"},
                                     {"visit", 2},
                                     {"visits", 4},
                                     {"done", 30},
                                     {"total", 100},
                                     {"failed", 1},
                                     {"left_out", 0},
                                     {"noise", 0.25},
                                     {"remaining_us", 7'000'000}}));
  EXPECT_EQ(event["models"], json::array());
  EXPECT_EQ(page("/v2/health/ready").status, 503);
  EXPECT_EQ(page("/v2/health/live").status, 200);
  EXPECT_EQ(page("/metrics").status, 200);
  EXPECT_EQ(service.handle({.method = "POST", .path = "/v2/models/lenet/infer"}).status, 404);
}

TEST(Service, ADrainingServerIsLiveAndServesButIsNotReady) {
  Lenets one;
  EXPECT_EQ(one.page("/v2/health/ready"), (json{{"ready", true}}));
  one.service.drain();
  EXPECT_EQ(one.page("/v2/health/ready", 503), (json{{"ready", false}}));
  EXPECT_EQ(one.page("/v2/health/live"), (json{{"live", true}}));
  EXPECT_EQ(one.infer(json_request(input())).status, 200);
  EXPECT_EQ(one.page("/api/status")["draining"], true);
}

}  // namespace
}  // namespace tideline::http
