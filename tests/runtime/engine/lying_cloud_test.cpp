// A cloud that answers what the network cannot: clients get the network's answer all the same.
#include "runtime/engine/engine.h"
#include "runtime/link/tcp_link.h"
#include "tests/runtime/link/fake_cloud.h"
#include "tests/support/lenet.h"

#include <gtest/gtest.h>

#include <thread>

namespace tideline::engine {
namespace {

using Outputs = std::vector<wire::AnswerMessage::Output>;

// Gives the first edge that comes this answer to its first request.
void lie_once(link::FakeCloud& cloud, const wire::AnswerMessage& answer, std::size_t size) {
  wire::RawPeer edge = cloud.let_in({{{lenet()->digest(), "lenet"}}, {}, {}});
  const auto run = link::hear_next(edge, wire::FrameType::run);
  if (run) edge.say(wire::FrameType::answer, run->header.id, encode(answer), std::string(size, 'x'));
  edge.hung_up();
}

TEST(LyingCloud, CostsTheClientNothingButTime) {
  const std::vector<Tensor> in = model::random_tensors(lenet()->inputs(), 3);
  const std::vector<Tensor> whole = *lenet()->run(lenet()->whole(), in);
  const std::pair<wire::AnswerMessage, std::size_t> lies[] = {
      {{}, 0},                                                                  // No output.
      {{{}, {{DType::fp32, {10, 1}}}}, 40},                                     // Another shape.
      {{{}, {{DType::int64, {1, 10}}}}, 80},                                    // Another type.
      {{{}, {{DType::fp32, {1, 16 << 20}}}}, 64 << 20},                         // Much more.
      {{{.residence = std::chrono::hours(20)}, {{DType::fp32, {1, 10}}}}, 40},  // Years in a moment.
      {{{.queue = std::chrono::seconds(1'000'000'000)}, {{DType::fp32, {1, 10}}}}, 40},
      {{{.residence = Duration::max()}, {{DType::fp32, {1, 10}}}}, 40},
      {{{.queue = std::chrono::hours(23)}, {{DType::fp32, {1, 10}}}}, 40},  // More than its residence.
  };
  for (const auto& [answer, size] : lies) {
    link::FakeCloud cloud;
    std::jthread lying([&cloud, &answer = answer, size = size] { lie_once(cloud, answer, size); });
    link::TcpLink link({.peer = {"127.0.0.1", cloud.port()}}, nullptr, silent_log());
    ASSERT_TRUE(link.wait_up(Clock::now() + std::chrono::seconds(30)));
    Gate gate(1);
    const auto engine = Engine::start(
        "lenet", {.model = lenet(), .link = &link, .compute = &gate, .patience = std::chrono::seconds(30)},
        {lenet()->digest(), 1, plan::Codec::fp32});
    ASSERT_TRUE(engine);
    const auto served = (*engine)->infer({in});
    ASSERT_TRUE(served) << served.error().message;
    EXPECT_EQ(served->placement, Placement::fallback);
    ASSERT_EQ(served->outputs.size(), 1U);
    EXPECT_TRUE(identical(served->outputs[0], whole[0]));
    EXPECT_GE(served->timing.network, Duration{});
    EXPECT_LT(served->timing.network, std::chrono::seconds(60));
    EXPECT_EQ(link.state().violations, 1U);
  }
}

}  // namespace
}  // namespace tideline::engine
