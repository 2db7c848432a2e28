// The clients' door of a real agent under what strangers do to it: it goes on, and holds no more than it says.
#include "tests/runtime/app/client.h"
#include "tests/runtime/http/flood.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <vector>

namespace tideline {
namespace {

// What the process holds of memory that no file stands behind, in MiB.
double anonymous_mib(const RunningAgent& agent) {
  std::ifstream status("/proc/" + std::to_string(agent.child->pid()) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::strtod(line.c_str() + 8, nullptr) / 1024;
  return 0;
}

int health(std::uint16_t port) {
  const auto reply = http::ask(port, http::get("/v2/health/live"));
  return reply ? reply->status : 0;
}

TEST(Door, TwentyThousandResetConnectionsLaterItServes) {
  const RunningAgent edge = start_edge();
  EXPECT_GT(http::reset_connections(edge.port, 20'000), 10'000);
  EXPECT_EQ(health(edge.port), 200);
  EXPECT_EQ(infer(edge.port).status, 200);
}

TEST(Door, ACrowdAtTheLinkDoesNotLockClientsOutOfACloudThatMayOpenFewFiles) {
  Child cloud({"/bin/sh", "-c",
               "ulimit -n 300 && exec " TIDELINE_AGENT " --cloud --listen 127.0.0.1:0 --http 127.0.0.1:0 --threads 1 "
               "--model lenet=" +
                   lenet_file()});
  ASSERT_TRUE(cloud.says("cloud: HTTP on 127.0.0.1:")) << cloud.err();
  const auto port_after = [&](const std::string& words) {
    const std::string log = cloud.err();
    return static_cast<std::uint16_t>(std::atoi(log.c_str() + log.find(words) + words.size()));
  };
  const std::uint16_t link = port_after("listening on 127.0.0.1:");
  const std::uint16_t door = port_after("HTTP on 127.0.0.1:");
  std::vector<std::unique_ptr<http::RawClient>> crowd;
  for (int i = 0; i < 400; ++i) crowd.push_back(std::make_unique<http::RawClient>(link));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(health(door), 200) << cloud.err();
  for (int i = 0; i < 400; ++i) crowd.push_back(std::make_unique<http::RawClient>(door));
  const TimePoint asked = Clock::now();
  EXPECT_EQ(health(door), 200) << cloud.err();
  EXPECT_LT(Clock::now() - asked, std::chrono::seconds(5)) << "it waited until the crowd at the link was hung up on";
  EXPECT_EQ(infer(door).status, 200);
  crowd.clear();
  EXPECT_EQ(health(door), 200);
}

TEST(Door, ABodyInOneByteChunksTakesAboutItsOwnSize) {
  const RunningAgent edge = start_edge();
  ASSERT_EQ(infer(edge.port).status, 200);
  const double before = anonymous_mib(edge);
  http::RawClient client(edge.port);
  client.send("POST " + kInfer + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunks;
  for (int i = 0; i < 10'000; ++i) chunks += "1\r\nx\r\n";
  for (int i = 0; i < 800; ++i) ASSERT_TRUE(client.send(chunks));  // 8 MB, in 48 MB of chunks.
  EXPECT_LT(anonymous_mib(edge) - before, 40);
  client.send("0\r\n\r\n");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400) << "it is no JSON";
}

// Six clients announce all that a body may be; the bound holds whatever they send.
TEST(Door, WhatIsHeldForClientsIsBounded) {
  const RunningAgent edge = start_edge({"--max-held", "48 MiB", "--max-held-per-peer", "32 MiB"});
  ASSERT_EQ(infer(edge.port).status, 200);
  const double before = anonymous_mib(edge);
  std::string body = R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,1,28,28],"data":[0)";
  for (int i = 0; i < 6'000'000; ++i) body += ",0";
  std::vector<std::unique_ptr<http::RawClient>> clients;
  int served = 0, refused = 0;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<http::RawClient>(edge.port));
    clients.back()->send("POST " + kInfer + " HTTP/1.1\r\nHost: x\r\nContent-Length: 12000100\r\n\r\n");
    clients.back()->send(body.substr(0, 4'000'000));
  }
  EXPECT_LT(anonymous_mib(edge) - before, 60);
  for (auto& client : clients) {
    client->send(body.substr(4'000'000));
    client->send(std::string(12'000'100 - body.size(), ' '));
    const auto reply = client->reply();
    ASSERT_TRUE(reply);
    (reply->status == 503 ? refused : served) += 1;
  }
  EXPECT_EQ(refused, 4) << "two bodies of 12 MB fit into 32 MiB";
  EXPECT_EQ(infer(edge.port).status, 200);
}

// A network that takes three planes of 1080 x 1920 floats: 24 MB, of which nothing may stay with each thread that had
// one.
TEST(Door, LargeInputsDoNotMakeTheAgentGrow) {
  const TemporaryFolder folder;
  const std::string file = (folder / "large.pt").string();
  const std::string program = folder.with("write.py", R"(
import sys, torch
class Large(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv2d(3, 8, 3, stride=4)
    def forward(self, x):
        return torch.relu(self.convolution(x)).mean(dim=[2, 3])
torch.jit.script(Large().eval()).save(sys.argv[1])
)");
  if (run({"/usr/bin/python3", program, file}).code != 0) GTEST_SKIP() << "python3 has no torch here";
  const RunningAgent edge = start_edge({"--model", "large=" + file, "--input", "large=fp32[1,3,1080,1920]"});
  const std::size_t size = 3 * 1080 * 1920 * sizeof(float);
  httplib::Client client("127.0.0.1", edge.port);
  const std::string name = json::parse(client.Get("/v2/models/large")->body)["inputs"][0]["name"];
  const std::string head = json{{"inputs",
                                 {{{"name", name},
                                   {"datatype", "FP32"},
                                   {"shape", {1, 3, 1080, 1920}},
                                   {"parameters", {{"binary_data_size", size}}}}}}}
                               .dump();
  const std::string body = head + std::string(size, '\0');
  const httplib::Headers headers{{"Inference-Header-Content-Length", std::to_string(head.size())}};
  const double idle = anonymous_mib(edge);
  for (int i = 0; i < 40; ++i) {
    const auto reply = client.Post("/v2/models/large/infer", headers, body, "application/octet-stream");
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->status, 200) << reply->body;
  }
  // An answer is here before the memory of its request is given back.
  EXPECT_TRUE(eventually([&] { return anonymous_mib(edge) - idle < 120; }))
      << "more than five bodies stay: " << anonymous_mib(edge) << " MiB after " << idle;
}

}  // namespace
}  // namespace tideline
