#include "runtime/engine/engine_subject.h"

#include "runtime/cloud/cloud_server.h"
#include "runtime/codec/codec.h"
#include "runtime/link/tcp_link.h"
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/kernels/fp16.h"
#include "tests/support/lenet.h"

#include <gtest/gtest.h>

namespace tideline::engine {
namespace {

// An edge in fp32 and a real cloud in the precision that is asked for.
class Subjects {
 public:
  explicit Subjects(Precision cloud_precision) {
    auto model = lenet();
    if (cloud_precision != Precision::fp32) {
      const TemporaryFolder folder;
      EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
      model = *model::Model::load(folder / "lenet.pt", {.precision = cloud_precision});
    }
    cloud_ = *cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .precision = cloud_precision}, {{"lenet", model}},
                                        silent_log());
    link_ = std::make_unique<link::TcpLink>(link::TcpLink::Options{.peer = {"127.0.0.1", cloud_->port()}}, nullptr,
                                            silent_log());
    EXPECT_TRUE(link_->wait_up(Clock::now() + std::chrono::seconds(10)));
  }

  plan::Agreement agreement(std::uint32_t cut, plan::Codec codec) { return agreements(cut, {{codec}}).front(); }

  // Returns how well all these plans of one cut agree, compared together.
  std::vector<plan::Agreement> agreements(std::uint32_t cut, const std::vector<plan::Codec>& codecs) {
    std::vector<plan::Agreement> found;
    for (const auto& agreement : compared(cut, codecs, false)) {
      EXPECT_TRUE(agreement) << agreement.error().message;
      found.push_back(agreement ? *agreement : plan::Agreement{});
    }
    return found;
  }

  std::vector<Result<plan::Agreement>> compared(std::uint32_t cut, const std::vector<plan::Codec>& codecs, bool stop) {
    Gate gate(1);
    monitor::Traffic traffic(nullptr);
    monitor::Monitor monitor({}, lenet()->digest(), traffic, link_.get());
    const auto inputs = SampleInputs::random(lenet()->inputs(), 1, 8);
    const auto reference = Reference::of(*lenet(), inputs);
    EngineSubject subject(
        {.model = lenet(), .link = link_.get(), .compute = &gate, .patience = std::chrono::seconds(10)}, monitor,
        *reference, inputs);
    std::vector<plan::Plan> plans;
    for (const plan::Codec codec : codecs) plans.push_back({lenet()->digest(), cut, codec});
    return subject.agree(plans, stop);
  }

  // Returns the same as a request of each input by itself gives it.
  plan::Agreement agreement_of_requests(std::uint32_t cut, plan::Codec codec) {
    Gate gate(1);
    const auto reference = Reference::of(*lenet(), SampleInputs::random(lenet()->inputs(), 1, 8));
    const Session session({.model = lenet(),
                           .link = link_.get(),
                           .compute = &gate,
                           .patience = std::chrono::seconds(10),
                           .fall_back = false},
                          {lenet()->digest(), cut, codec});
    const auto found = reference->compare([&](Input input) -> Result<std::vector<Tensor>> {
      auto served = session.infer(std::move(input), {});
      if (!served) return served.error();
      return std::move(served->outputs);
    });
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : plan::Agreement{};
  }

  void lose_the_cloud() { cloud_.reset(); }

  Bytes wire(std::uint32_t cut, plan::Codec codec) { return wire({{lenet()->digest(), cut, codec}}, 1).front(); }

  // Returns what each of these plans sends when they are timed one after the other.
  std::vector<Bytes> wire(const std::vector<plan::Plan>& plans, std::uint32_t different_inputs) {
    Gate gate(1);
    monitor::Traffic traffic(nullptr);
    monitor::Monitor monitor({}, lenet()->digest(), traffic, link_.get());
    const auto inputs = SampleInputs::random(lenet()->inputs(), 1, different_inputs);
    const auto reference = Reference::of(*lenet(), inputs);
    EngineSubject subject(
        {.model = lenet(), .link = link_.get(), .compute = &gate, .patience = std::chrono::seconds(10)}, monitor,
        *reference, inputs);
    std::vector<Bytes> sent;
    for (const plan::Plan& plan : plans) {
      const auto timed = subject.time(plan);
      EXPECT_TRUE(timed) << timed.error().message;
      sent.push_back(timed ? timed->wire : Bytes{});
    }
    return sent;
  }

  link::LinkState cloud() const { return link_->state(); }

 private:
  std::unique_ptr<cloud::CloudServer> cloud_;
  std::unique_ptr<link::TcpLink> link_;
};

TEST(EngineSubject, APlanInFp32AgreesWholly) {
  Subjects subjects(Precision::fp32);
  for (const std::uint32_t cut : {0u, 3u, lenet()->last_cut()})
    EXPECT_EQ(subjects.agreement(cut, plan::Codec::fp32), (plan::Agreement{1, 0, 8})) << cut;
}

// The head runs once for all codecs of a cut.
TEST(EngineSubject, PlansThatAreComparedTogetherAgreeAsEachAloneAndAsItsRequests) {
  Subjects subjects(Precision::fp32);
  const std::vector codecs{plan::Codec::fp32, plan::Codec::fp16, plan::Codec::q8, plan::Codec::q2, plan::Codec::q1};
  for (const std::uint32_t cut : {0u, 2u, 5u}) {
    const std::vector<plan::Agreement> together = subjects.agreements(cut, codecs);
    ASSERT_EQ(together.size(), codecs.size());
    for (std::size_t i = 0; i < codecs.size(); ++i) {
      EXPECT_EQ(together[i], subjects.agreement(cut, codecs[i])) << cut << " " << name(codecs[i]);
      EXPECT_EQ(together[i], subjects.agreement_of_requests(cut, codecs[i])) << cut << " " << name(codecs[i]);
    }
    EXPECT_GT(together[4].max_error, 0) << "they are not all the same";
  }
}

TEST(EngineSubject, AComparisonThatIsStoppedSaysSoOfEveryPlan) {
  Subjects subjects(Precision::fp32);
  const auto agreements = subjects.compared(2, {plan::Codec::fp32, plan::Codec::q8}, true);
  ASSERT_EQ(agreements.size(), 2u);
  for (const auto& agreement : agreements) {
    ASSERT_FALSE(agreement);
    EXPECT_EQ(agreement.error().kind, ErrorKind::unavailable);
  }
}

TEST(EngineSubject, WithoutTheCloudOnlyPlansThatNeedItHaveNoAgreement) {
  Subjects subjects(Precision::fp32);
  subjects.lose_the_cloud();
  for (const auto& agreement : subjects.compared(2, {plan::Codec::fp32, plan::Codec::q8}, false))
    EXPECT_FALSE(agreement);
  EXPECT_TRUE(subjects.compared(lenet()->last_cut(), {plan::Codec::fp32}, false).front());
}

TEST(EngineSubject, WhatCrossesAtHalfThePrecisionIsOffByALittle) {
  Subjects subjects(Precision::fp32);
  const plan::Agreement agreement = subjects.agreement(3, plan::Codec::fp16);
  EXPECT_GT(agreement.max_error, 0);
  EXPECT_LT(agreement.max_error, 0.01);
  EXPECT_EQ(agreement.inputs, 8u);
}

TEST(EngineSubject, WhatCrossedIsCountedAsItWasSent) {
  Subjects subjects(Precision::fp32);
  const model::Cut& cut = lenet()->cuts()[3];
  EXPECT_EQ(subjects.wire(3, plan::Codec::fp32), cut.bytes);
  EXPECT_TRUE(codec::encoded_size(plan::Codec::q4, cut.tensors.front()).holds(subjects.wire(3, plan::Codec::q4).count));
  EXPECT_EQ(subjects.wire(lenet()->last_cut(), plan::Codec::fp32), Bytes{}) << "nothing crosses";
}

// Plans that take turns must not always meet the same input.
TEST(EngineSubject, EveryPlanIsTimedWithAllInputsInTurn) {
  Subjects subjects(Precision::fp32);
  const plan::Plan one{lenet()->digest(), 3, plan::Codec::q8}, other{lenet()->digest(), 3, plan::Codec::q4};
  const std::vector<Bytes> sent = subjects.wire({one, other, one, other, one, other}, 2);
  EXPECT_NE(sent[0], sent[2]) << "another input";
  EXPECT_NE(sent[1], sent[3]);
  EXPECT_EQ(sent[0], sent[4]) << "the first input again";
  EXPECT_EQ(sent[1], sent[5]);
}

TEST(EngineSubject, ACloudInBf16SaysSoAndIsOffByALittle) {
  if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
  Subjects subjects(Precision::bf16);
  EXPECT_EQ(subjects.cloud().precision, Precision::bf16);
  const plan::Agreement agreement = subjects.agreement(3, plan::Codec::fp32);
  EXPECT_GT(agreement.max_error, 0);
  EXPECT_LT(agreement.max_error, 0.05);
  EXPECT_EQ(subjects.agreement(lenet()->last_cut(), plan::Codec::fp32), (plan::Agreement{1, 0, 8})) << "the edge alone";
}

TEST(EngineSubject, ACloudInFp16SaysSoAndIsOffByLess) {
  if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
  Subjects subjects(Precision::fp16);
  EXPECT_EQ(subjects.cloud().precision, Precision::fp16);
  const plan::Agreement agreement = subjects.agreement(3, plan::Codec::fp32);
  EXPECT_GT(agreement.max_error, 0);
  EXPECT_LT(agreement.max_error, 0.01);
}

}  // namespace
}  // namespace tideline::engine
