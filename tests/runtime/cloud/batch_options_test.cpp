// What runs together at a cloud, over real sockets: networks that must not, and requests that fail.
#include "tests/runtime/wire/loopback.h"
#include "tests/support/network_file.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <span>
#include <sstream>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;

// So much work that requests wait for each other.
constexpr auto* kWork = "  w = torch.sin(y).repeat([1, 2000])\n  for i in range(12):\n    w = torch.sin(w)\n";

Tensor numbers(const TensorSpec& spec, float factor, std::uint64_t seed) {
  const Tensor random = model::random_tensors(std::vector{spec}, seed)[0];
  if (spec.dtype != DType::fp32) return random;
  std::vector<float> numbers(random.floats().begin(), random.floats().end());
  for (float& number : numbers) number = factor * std::fabs(std::sin(number));
  return Tensor::copy_of(spec.dtype, spec.shape, std::as_bytes(std::span(numbers)));
}

class BatchingTest : public testing::Test {
 protected:
  static constexpr std::size_t kEdges = 4, kRounds = 25;

  void serve(const std::string& source, const std::string& inputs) {
    write_network_file(folder_ / "n.pt", source, inputs);
    model::set_compute_threads(1);
    auto model = model::Model::load(folder_ / "n.pt", {});
    ASSERT_TRUE(model) << model.error().message;
    model_ = *model;
    CloudServer::Options options;
    options.listen.host = "127.0.0.1";
    auto log = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    auto cloud = CloudServer::start(options, {{"network", model_}}, std::move(log));
    ASSERT_TRUE(cloud) << cloud.error().message;
    cloud_ = *std::move(cloud);
  }

  wire::TailRequest request(std::uint32_t cut, float factor, std::uint64_t seed) const {
    std::vector<Tensor> inputs;
    for (const TensorSpec& spec : model_->inputs()) inputs.push_back(numbers(spec, factor, seed));
    return {{model_->digest(), cut, plan::Codec::fp32},
            *model_->run(model_->head(cut), inputs),
            wire::within(wire::kLong),
            1,
            at_batch(model_->outputs(), 1)};
  }

  // Edges that ask at once, each with numbers of its own size, several requests under way at each; and whether each
  // answer is what the tail gives that request alone.
  void every_edge_gets_its_own(std::uint32_t cut) {
    SCOPED_TRACE(model_->cuts()[cut].name);
    std::vector<std::thread> edges;
    std::atomic<std::size_t> right{0};
    for (std::size_t edge = 0; edge < kEdges; ++edge)
      edges.emplace_back([&, edge] {
        const wire::TailRequest asked = request(cut, edge % 2 == 0 ? 1.F : 255.F, edge);
        const std::vector<Tensor> alone = *model_->run(model_->tail(cut), asked.wire);
        link::TcpLink link(wire::to_port(cloud_->port()), nullptr, silent_log());
        if (!link.wait_up(wire::within(wire::kLong))) return;
        std::vector<std::unique_ptr<link::Pending>> pending;
        for (std::size_t i = 0; i < kRounds; ++i) pending.push_back(link.send(asked));
        for (const auto& one : pending) {
          const auto answer = one->wait(wire::within(wire::kLong));
          if (answer && *answer && near((*answer)->outputs, alone)) ++right;
        }
      });
    for (std::thread& edge : edges) edge.join();
    EXPECT_EQ(right, kEdges * kRounds);
  }

  static bool near(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& x, const Tensor& y) {
      if (x.dtype() != DType::fp32 || x.shape() != y.shape()) return identical(x, y);
      return std::ranges::equal(x.floats(), y.floats(),
                                [](float p, float q) { return std::fabs(p - q) <= 1e-4F * (1 + std::fabs(q)); });
    });
  }

  std::uint64_t batches() const {
    std::uint64_t batches = 0;
    for (const auto& [together, count] : cloud_->counters().runs) batches += together > 1 ? count : 0;
    return batches;
  }

  TemporaryFolder folder_;
  std::ostringstream text_;
  std::shared_ptr<const model::Model> model_;
  std::unique_ptr<CloudServer> cloud_;
};

TEST_F(BatchingTest, OneEdgesInputNeverChangesAnothersAnswer) {
  for (const std::string scaled : {"  y = torch.where(torch.max(x) > 50, x / 255, x)\n",
                                   "  y = x\n  if bool(torch.max(x) > 50):\n    y = x / 255\n"}) {
    SCOPED_TRACE(scaled);
    serve("def forward(self, x: Tensor):\n" + scaled + kWork + "  return torch.linear(w[:, 0:8], self.m)\n",
          R"(["fp32[1,8]"])");
    every_edge_gets_its_own(0);
    EXPECT_EQ(batches(), 0U);
    cloud_.reset();
    EXPECT_THAT(text_.str(), HasSubstr("requests run one by one: 'max"));
  }
}

TEST_F(BatchingTest, WhatIsProvedRunsTogether) {
  serve("def forward(self, x: Tensor):\n  y = x / 255\n" + std::string(kWork) +
            "  return torch.linear(w[:, 0:8], self.m)\n",
        R"(["fp32[1,8]"])");
  every_edge_gets_its_own(0);
  EXPECT_GT(batches(), 0U);
}

TEST_F(BatchingTest, ScalarsAndSizesThatCrossAreServedToEachAlone) {
  serve("def forward(self, x: Tensor):\n  y = torch.linear(x, self.m)\n  s = torch.sum(y)\n" + std::string(kWork) +
            "  return (torch.mean(w) * s, torch.argmax(w))\n",
        R"(["fp32[1,8]"])");
  EXPECT_EQ(model_->outputs()[0].shape, Shape{});
  EXPECT_EQ(model_->outputs()[1].dtype, DType::int64);
  for (std::uint32_t cut = 0; cut < model_->last_cut(); ++cut) every_edge_gets_its_own(cut);
  EXPECT_EQ(batches(), 0U);
}

TEST_F(BatchingTest, ATensorWhoseFirstSizeIsNoBatchIsServedToEachAlone) {
  serve("def forward(self, x: Tensor):\n  y = torch.relu(x)\n  n = torch._shape_as_tensor(y)\n" + std::string(kWork) +
            "  return y * n[1] + w[:, 0:1]\n",
        R"(["fp32[1,8]"])");
  std::size_t cuts = 0;
  for (std::uint32_t cut = 0; cut < model_->last_cut(); ++cut) {
    const std::uint64_t before = batches();
    every_edge_gets_its_own(cut);
    const auto is_sizes = [](const TensorSpec& spec) { return spec.shape == Shape{2}; };
    if (std::ranges::none_of(model_->cuts()[cut].tensors, is_sizes)) continue;
    EXPECT_EQ(batches(), before);
    ++cuts;
  }
  EXPECT_GT(cuts, 0U);
}

TEST_F(BatchingTest, ABadRequestFailsAloneAndTheOthersStillRunTogether) {
  serve("def forward(self, x: Tensor):\n  y = torch.flatten(torch.embedding(self.m, torch.floor_divide(x, 2)), 1)\n" +
            std::string(kWork) + "  return w[:, 0:8]\n",
        R"(["int64[1,3]"])");
  every_edge_gets_its_own(0);
  EXPECT_GT(batches(), 0U);
  wire::TailRequest bad = request(0, 1, 1);
  const std::vector<std::int64_t> beyond{1, 99, 2};
  bad.wire = {Tensor::copy_of(DType::int64, {1, 3}, std::as_bytes(std::span(beyond)))};
  link::TcpLink link(wire::to_port(cloud_->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  std::vector<std::unique_ptr<link::Pending>> good;
  std::unique_ptr<link::Pending> worst;
  const wire::TailRequest asked = request(0, 1, 2);
  const std::vector<Tensor> alone = *model_->run(model_->tail(0), asked.wire);
  for (std::size_t i = 0; i < kRounds; ++i) {
    good.push_back(link.send(asked));
    if (i == kRounds / 2) worst = link.send(bad);
  }
  const auto refused = worst->wait(wire::within(wire::kLong));
  ASSERT_TRUE(refused && !*refused);
  EXPECT_THAT(refused->error().message, HasSubstr("index out of range"));
  for (const auto& one : good) {
    const auto answer = one->wait(wire::within(wire::kLong));
    EXPECT_TRUE(answer && *answer && near((*answer)->outputs, alone));
  }
  const std::uint64_t before = batches();
  every_edge_gets_its_own(0);
  EXPECT_GT(batches(), before) << "they run together no more";
}

}  // namespace
}  // namespace tideline::cloud
