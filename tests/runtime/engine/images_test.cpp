// Requests that bring image files, through a real cloud.
#include "tests/support/images.h"

#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/engine.h"
#include "runtime/link/tcp_link.h"
#include "tests/support/lenet.h"

#include <gmock/gmock.h>

namespace tideline::engine {
namespace {

using plan::Codec;
using ::testing::HasSubstr;

plan::Plan plan_of(std::uint32_t cut, Codec codec = Codec::fp32) {
  return {lenet()->digest(), cut, codec};
}

Tensor photo() {
  return drawn_jpeg(200, 150);
}

Tensor half_a_photo() {
  const Tensor whole = photo();
  const std::size_t size = whole.bytes().size() / 2;
  return Tensor(DType::uint8, {static_cast<std::int64_t>(size)}, whole.data(), size);
}

std::vector<Tensor> input_of_photo() {
  const Tensor file = photo();
  return {*codec::input_of({&file, 1}, *grey_digits())};
}

Tensor wholes_answer() {
  return lenet()->run(lenet()->whole(), input_of_photo())->front();
}

class Images : public testing::Test {
 protected:
  Images() { start({}); }

  void start(Session::Parts parts) {
    parts.model = lenet();
    parts.image = grey_digits();
    parts.link = &link_;
    parts.compute = &gate_;
    parts.patience = std::chrono::seconds(10);
    EXPECT_TRUE(link_.wait_up(Clock::now() + std::chrono::seconds(10)));
    engine_ = *Engine::start("lenet", std::move(parts), plan_of(lenet()->last_cut()));
  }

  Result<InferResult> served_by(const plan::Plan& plan, Tensor file) {
    if (const auto swapped = engine_->swap(plan); !swapped) return swapped.error();
    return engine_->infer({.images = {std::move(file)}});
  }

  std::unique_ptr<cloud::CloudServer> cloud_ =
      *cloud::CloudServer::start({.listen = {"127.0.0.1", 0}}, {{"lenet", lenet(), grey_digits()}}, silent_log());
  link::TcpLink link_{{.peer = {"127.0.0.1", cloud_->port()}}, nullptr, silent_log()};
  Gate gate_{1};
  std::unique_ptr<Engine> engine_;
};

TEST_F(Images, GiveTheWholesAnswerAtEveryCutAndByEveryLosslessCodec) {
  std::vector<plan::Plan> plans{plan_of(0, Codec::source), plan_of(0, Codec::u8)};
  for (std::uint32_t cut = 0; cut <= lenet()->last_cut(); ++cut) plans.push_back(plan_of(cut));
  for (const plan::Plan& plan : plans) {
    const auto served = served_by(plan, photo());
    ASSERT_TRUE(served) << served.error().message;
    EXPECT_TRUE(identical(served->outputs.at(0), wholes_answer())) << plan.cut << " " << name(plan.codec);
    EXPECT_EQ(served->plan, plan);
    EXPECT_EQ(served->placement == Placement::cloud, plan.cut == 0);
  }
  EXPECT_EQ(engine_->counters().failed, 0u);
}

TEST_F(Images, CrossAsTheFileOrAsItsPixelsOrAsAJpegOfThem) {
  EXPECT_EQ(served_by(plan_of(0, Codec::source), photo())->wire.count, photo().bytes().size() + 4);
  EXPECT_EQ(served_by(plan_of(0, Codec::u8), photo())->wire.count, 28u * 28u);
  const auto served = served_by(plan_of(0, Codec::jpeg75), photo());
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_LT(served->wire.count, 1200u);
  EXPECT_FALSE(identical(served->outputs.at(0), wholes_answer())) << "a JPEG loses a little";
}

TEST_F(Images, ThatAreTensorsAlreadyCrossAsThey) {
  ASSERT_TRUE(engine_->swap(plan_of(0, Codec::source)));
  const auto served = engine_->infer({.inputs = input_of_photo()});
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->plan, plan_of(0, Codec::fp32));
  EXPECT_TRUE(identical(served->outputs.at(0), wholes_answer()));
}

TEST_F(Images, ThatAreNotWholeAreTheClientsFaultByEveryPlan) {
  for (const plan::Plan& plan : {plan_of(0, Codec::source), plan_of(0, Codec::u8), plan_of(0, Codec::jpeg95),
                                 plan_of(2), plan_of(lenet()->last_cut())}) {
    const auto served = served_by(plan, half_a_photo());
    ASSERT_FALSE(served) << plan.cut << " " << name(plan.codec);
    EXPECT_EQ(served.error().kind, ErrorKind::invalid) << served.error().message;
  }
  EXPECT_TRUE(served_by(plan_of(0, Codec::source), photo())) << "the link goes on";
}

TEST_F(Images, AreDecodedHereWhenTheCloudIsGone) {
  ASSERT_TRUE(engine_->swap(plan_of(0, Codec::source)));
  cloud_.reset();
  const auto served = engine_->infer({.images = {photo()}});
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->placement, Placement::fallback);
  EXPECT_TRUE(identical(served->outputs.at(0), wholes_answer()));
}

TEST_F(Images, AreServedHereIfTheFileIsLargerThanMayBeSent) {
  ASSERT_TRUE(engine_->swap(plan_of(0, Codec::source)));
  engine_->constrain({.sending = plan::TrafficLimit{.per_request = Bytes{photo().bytes().size() - 1},
                                                    .last_cut = lenet()->last_cut(),
                                                    .wire = {{plan_of(0, Codec::source), Bytes{100}}}}});
  const auto served = engine_->infer({.images = {photo()}});
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->placement, Placement::edge);
  EXPECT_EQ(served->wire.count, 0u);
}

TEST_F(Images, AreServedHereIfTheirEncodedFormIsLargerThanMayBeSent) {
  ASSERT_TRUE(engine_->swap(plan_of(0, Codec::jpeg95)));
  const auto allow = [&](std::uint64_t bytes) {
    engine_->constrain({.sending = plan::TrafficLimit{.per_request = Bytes{bytes},
                                                      .last_cut = lenet()->last_cut(),
                                                      .wire = {{plan_of(0, Codec::jpeg95), Bytes{100}}}}});
  };
  allow(100'000);
  const auto sent = engine_->infer({.images = {photo()}});
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(sent->placement, Placement::cloud);
  allow(sent->wire.count);
  EXPECT_EQ(engine_->infer({.images = {photo()}})->placement, Placement::cloud);
  allow(sent->wire.count - 1);
  const auto kept = engine_->infer({.images = {photo()}});
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->placement, Placement::fallback);
  EXPECT_EQ(kept->wire.count, 0u);
  EXPECT_TRUE(identical(kept->outputs.at(0), wholes_answer()));
}

TEST_F(Images, WhosePlanIsForcedAreRefusedIfTheirEncodedFormIsLargerThanMayBeSent) {
  engine_->constrain({.sending = plan::TrafficLimit{.per_request = Bytes{150},
                                                    .last_cut = lenet()->last_cut(),
                                                    .wire = {{plan_of(0, Codec::jpeg95), Bytes{100}}}}});
  const auto refused = engine_->infer({.cut = 0, .codec = Codec::jpeg95, .images = {photo()}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_NE(refused.error().message.find("for this input, more than the 150 B that edge.max_sent"), std::string::npos)
      << refused.error().message;
}

TEST_F(Images, ThatAreTensorsAlreadyAreServedHereIfThoseAreMoreThanMayBeSent) {
  ASSERT_TRUE(engine_->swap(plan_of(0, Codec::source)));
  engine_->constrain({.sending = plan::TrafficLimit{
                          .per_request = Bytes{1000},
                          .last_cut = lenet()->last_cut(),
                          .wire = {{plan_of(0, Codec::source), Bytes{100}}, {plan_of(0), Bytes{28 * 28 * 4}}}}});
  const auto served = engine_->infer({.inputs = input_of_photo()});
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->placement, Placement::edge);
  EXPECT_EQ(served->wire.count, 0u);
}

TEST_F(Images, CrossOnlyAtCutZero) {
  const auto swapped = engine_->swap(plan_of(2, Codec::u8));
  ASSERT_FALSE(swapped);
  EXPECT_THAT(swapped.error().message, HasSubstr("at cut 2 of lenet cross tensors, not images"));
}

TEST_F(Images, AreAtMostAsManyAsTheNetworkTakesAtOnce) {
  const auto served = engine_->infer({.images = {photo(), photo()}});
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().message, HasSubstr("2 images are more than lenet takes at once, which is 1"));
}

TEST(ImagesOfAModelOfTensors, AreRefusedWithTheRemedy) {
  Gate gate(1);
  const auto engine = Engine::start("lenet", {.model = lenet(), .compute = &gate}, plan_of(lenet()->last_cut()));
  ASSERT_TRUE(engine);
  const auto served = (*engine)->infer({.images = {photo()}});
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().message, HasSubstr("takes tensors, not images; configure it with --image lenet=PRESET"));
}

}  // namespace
}  // namespace tideline::engine
