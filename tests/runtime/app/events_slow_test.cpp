// The event stream of real agents: many clients at once, and resuming after a restart.
#include "tests/runtime/app/client.h"
#include "tests/runtime/http/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

namespace tideline {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

double anonymous_mib_of(const RunningAgent& agent) {
  std::ifstream status("/proc/" + std::to_string(agent.child->pid()) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::strtod(line.c_str() + 8, nullptr) / 1024;
  return 0;
}

// One event: its id and its data.
struct Event {
  std::string id;
  json data;
};

Event next_event(http::RawClient& client) {
  const std::string text = client.read_to("}\n\n");
  const std::size_t id = text.rfind("id: ");
  const std::size_t data = text.rfind("\ndata: ");
  if (id == text.npos || data == text.npos) return {};
  return {text.substr(id + 4, data - id - 4), json::parse(text.substr(data + 7), nullptr, false)};
}

TEST(Events, AThousandClientsLeaveAnEdgeThatServes) {
  const RunningAgent edge = start_edge();
  ASSERT_EQ(infer(edge.port).status, 200);
  const double before = anonymous_mib_of(edge);
  std::vector<std::unique_ptr<http::RawClient>> clients;
  int accepted = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t address = INADDR_LOOPBACK + static_cast<std::uint32_t>(i) / 8;  // One address has eight places.
    clients.push_back(std::make_unique<http::RawClient>(edge.port, address));
    clients.back()->send(http::get("/api/events"));
  }
  for (const auto& client : clients) {
    const std::string head = client->read_to("\r\n\r\n");
    if (head.starts_with("HTTP/1.1 200"))
      ++accepted;
    else
      EXPECT_THAT(head, testing::AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: ")));
  }
  EXPECT_EQ(accepted, 64);
  EXPECT_EQ(infer(edge.port).status, 200);
  const double grown = anonymous_mib_of(edge) - before;
  std::cout << "1,000 clients of the event stream: " << accepted << " read, memory grew by " << grown << " MiB\n";
  EXPECT_LT(grown, 40);
}

TEST(Events, TellWhatServedAndHowLongItTook) {
  const RunningAgent edge = start_edge();
  http::RawClient client(edge.port);
  client.send(http::get("/api/events"));
  ASSERT_EQ(infer(edge.port).status, 200);
  json observed;
  for (Event event = next_event(client); observed.is_null(); event = next_event(client)) {
    ASSERT_TRUE(event.data.contains("models")) << "the stream has ended";
    observed = event.data["models"][0]["observed"];
  }
  EXPECT_EQ(observed["requests"], 1);
  EXPECT_GT(observed["total_us"], 0);
  EXPECT_EQ(status(edge.port)["models"][0]["served"]["edge"], 1);
}

TEST(Events, AClientGoesOnAfterARestartOfTheAgent) {
  Event last;
  std::uint16_t port = 0;
  {
    const RunningAgent edge = start_edge();
    port = edge.port;
    http::RawClient client(port);
    client.send(http::get("/api/events"));
    last = next_event(client);
    ASSERT_FALSE(last.id.empty());
    edge.child->signal(SIGTERM);
    EXPECT_EQ(edge.child->wait(), 0);
    EXPECT_TRUE(client.closed());
  }
  const RunningAgent edge = start_edge({"--http", local_address(port)});
  http::RawClient client(edge.port);
  client.send(http::get("/api/events", "Last-Event-ID: " + last.id + "\r\n"));
  const Event next = next_event(client);
  EXPECT_GT(std::stoull(next.id), std::stoull(last.id));
}

TEST(Events, ACloudTellsOfItsTails) {
  const RunningAgent cloud = start_cloud({"--http", "127.0.0.1:0"});
  ASSERT_TRUE(cloud.child->says("cloud: HTTP on 127.0.0.1:"));
  const std::string log = cloud.child->err();
  const std::string words = "HTTP on 127.0.0.1:";
  http::RawClient client(static_cast<std::uint16_t>(std::atoi(log.c_str() + log.find(words) + words.size())));
  client.send(http::get("/api/events"));
  const Event event = next_event(client);
  EXPECT_EQ(event.data["cloud"]["served"], 0);
  EXPECT_TRUE(event.data["machine"].contains("edge_memory_free"));
}

}  // namespace
}  // namespace tideline
