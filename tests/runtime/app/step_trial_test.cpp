#include "runtime/app/modes/step_trial.h"

#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/engine_subject.h"
#include "runtime/link/tcp_link.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

namespace tideline::modes {
namespace {

using testing::IsEmpty;

NamedModel lenet_by_name() {
  NamedModel named;
  named.name = "lenet";
  named.model = lenet();
  return named;
}

// An edge with a real cloud, and inputs that stand for those of clients.
class StepTrials : public testing::Test {
 protected:
  void SetUp() override {
    cloud_ = *cloud::CloudServer::start({.listen = {"127.0.0.1", 0}}, {{"lenet", lenet()}}, silent_log());
    link_ = std::make_unique<link::TcpLink>(link::TcpLink::Options{.peer = {"127.0.0.1", cloud_->port()}}, nullptr,
                                            silent_log());
    ASSERT_TRUE(link_->wait_up(Clock::now() + std::chrono::seconds(10)));
  }

  Result<Agreements> tried(const std::vector<journal::Candidate>& steps, const campaign::LossTrial::Limit& limit) {
    const engine::Session::Parts parts{
        .model = lenet(), .link = link_.get(), .compute = &gate_, .patience = std::chrono::seconds(2)};
    const auto reference = engine::Reference::of(*lenet(), inputs_.first(1));
    engine::EngineSubject whole(parts, monitor_, *reference, inputs_.first(1));
    engine::PacedSubject paced(whole, requests_, stop_, {.share = 1});
    return try_steps({parts, monitor_, traffic_, inputs_, steps, limit}, paced, stop_);
  }

  std::vector<journal::Candidate> all_steps() { return *step_candidates({}, lenet_by_name()); }
  void lose_the_cloud() { cloud_.reset(); }

  const engine::SampleInputs inputs_ = [] {
    std::vector<engine::Input> sent;
    for (std::uint64_t seed = 0; seed < 10; ++seed) sent.emplace_back(model::random_tensors(lenet()->inputs(), seed));
    return engine::SampleInputs::of_clients(sent);
  }();
  std::atomic<bool> stop_{false};
  monitor::Traffic traffic_{nullptr};

 private:
  Gate gate_{1};
  engine::Rehearsals requests_;
  std::unique_ptr<cloud::CloudServer> cloud_;
  std::unique_ptr<link::TcpLink> link_;
  monitor::Monitor monitor_{{}, lenet()->digest(), traffic_, nullptr};
};

TEST_F(StepTrials, EveryUsefulCutHasAllSteps) {
  const auto steps = all_steps();
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.size() % 7, 0u);
  for (const journal::Candidate& one : steps) {
    EXPECT_TRUE(is_of_steps(one.plan.codec));
    EXPECT_LT(one.plan.cut, lenet()->last_cut());
  }
}

TEST_F(StepTrials, WhatPassesKeepsTheLimitOverAllInputs) {
  const auto good = tried(all_steps(), {.min_top1 = 0, .max_error = 0.05});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_FALSE(good->empty());
  std::set<std::uint32_t> cuts;
  for (const auto& [plan, agreement] : *good) {
    EXPECT_TRUE(cuts.insert(plan.cut).second) << "one of each cut";
    EXPECT_EQ(agreement.inputs, 10u);
    EXPECT_LE(agreement.max_error, 0.05);
    EXPECT_GT(agreement.max_error, 0);
  }
  EXPECT_GT(traffic_.sent_today(Clock::now()), Bytes{0}) << "it counts as sent";
}

TEST_F(StepTrials, NothingPassesALimitThatNoStepsKeep) {
  const auto good = tried(all_steps(), {.min_top1 = 0, .max_error = 0});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_THAT(*good, IsEmpty());
}

TEST_F(StepTrials, WithoutTheCloudNothingIsKnown) {
  lose_the_cloud();
  const auto good = tried(all_steps(), {});
  ASSERT_FALSE(good);
  EXPECT_EQ(good.error().kind, ErrorKind::unavailable);
}

TEST_F(StepTrials, EndsWhenItIsStopped) {
  stop_ = true;
  const auto good = tried(all_steps(), {});
  ASSERT_FALSE(good);
  EXPECT_EQ(good.error().kind, ErrorKind::unavailable);
}

TEST(StepLimit, IsTheDefaultOrThatOfTheConfigOrUnknown) {
  config::Config config;
  EXPECT_EQ(step_limit(config), (campaign::LossTrial::Limit{.min_top1 = 0.99, .max_error = {}}));
  config.edge.max_error = 0.05;
  EXPECT_EQ(step_limit(config), (campaign::LossTrial::Limit{.min_top1 = 0, .max_error = 0.05}));
  config.edge.min_top1 = 0.9;
  EXPECT_EQ(step_limit(config), (campaign::LossTrial::Limit{.min_top1 = 0.9, .max_error = 0.05}));
  config.edge.min_accuracy = 0.7;
  EXPECT_EQ(step_limit(config), std::nullopt);
}

}  // namespace
}  // namespace tideline::modes
