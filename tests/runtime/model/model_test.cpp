#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <atomic>
#include <cctype>
#include <thread>
#include <utility>

namespace tideline {
namespace {

using ::testing::Test;

class LoadedModel : public Test {
 protected:
  void SetUp() override {
    const auto written = zoo::write_zoo_model("lenet", 1, scratch_ / "lenet.pt");
    ASSERT_TRUE(written) << written.error().message;
    model_ = load_or_fail(scratch_ / "lenet.pt");
    ASSERT_TRUE(model_);
  }

  const Scratch scratch_;
  std::shared_ptr<const model::Model> model_;
};

TEST_F(LoadedModel, MayRunInFourThreadsAtOnce) {
  const auto in = model::random_tensors(model_->inputs(), 1);
  const auto whole = run_through(*model_, {0, model_->last_cut()}, in);
  const auto fresh = load_or_fail(scratch_ / "lenet.pt");
  ASSERT_TRUE(fresh);
  std::atomic<int> same = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t cut = 0; cut <= fresh->last_cut(); ++cut) {
        const auto out = run_through(*fresh, {0, cut, fresh->last_cut()}, in);
        same += out.size() == 1 && identical(out[0], whole[0]) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(same, 4 * static_cast<int>(fresh->last_cut() + 1));
}

TEST_F(LoadedModel, AnEmptyRangeReturnsItsInputWithoutACopy) {
  const auto in = model::random_tensors(model_->inputs(), 1);
  const auto out = model_->run({0, 0}, in);
  ASSERT_TRUE(out);
  EXPECT_EQ((*out)[0].data(), in[0].data());
}

TEST_F(LoadedModel, EndsARunThatNobodyWantsAnyMore) {
  const auto input = model::random_tensors(model_->inputs(), 1);
  const auto whole = model_->run(model_->whole(), input);
  ASSERT_TRUE(whole);
  int asked = 0;
  const auto wanted = model_->run_while([&] { return ++asked > 0; }, model_->whole(), input);
  ASSERT_TRUE(wanted);
  EXPECT_TRUE(identical((*wanted)[0], (*whole)[0]));
  EXPECT_GT(asked, 2);

  const int all = std::exchange(asked, 0);
  const auto ended = model_->run_while([&] { return ++asked < 2; }, model_->whole(), input);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(asked, 2);

  asked = 0;
  EXPECT_TRUE(model_->run(model_->whole(), input));
  EXPECT_EQ(asked, 0) << "what ran before asks no more, of " << all;
}

TEST_F(LoadedModel, RefusesARangeThatItDoesNotHave) {
  const auto in = model::random_tensors(model_->inputs(), 1);
  for (const model::Range range :
       {model::Range{0, model_->last_cut() + 1}, model::Range{2, 1}, model::Range{99, 99}, model::Range{~0U, ~0U}}) {
    const auto out = model_->run(range, in);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::invalid);
    EXPECT_FALSE(model_->warm(range));
  }
}

TEST_F(LoadedModel, RefusesTensorsThatDoNotCrossThere) {
  const auto right = model::random_tensors(model_->inputs(), 1)[0];
  const Tensor none;
  const Tensor type(DType::int32, right.shape(), right.data(), right.bytes().size());
  const Tensor shape(DType::fp32, {1, 1, 28, 27}, right.data(), right.bytes().size());
  const Tensor shorter(DType::fp32, right.shape(), right.data(), right.bytes().size() - 4);
  for (const auto& wrong : {std::vector<Tensor>{}, {right, right}, {none}, {type}, {shape}, {shorter}}) {
    const auto out = model_->run(model_->whole(), wrong);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::invalid);
  }
  const auto out = model_->run(model_->whole(), std::vector{shape});
  EXPECT_EQ(out.error().message, "'x' at cut 0 (input) is fp32[1,1,28,28], not fp32[1,1,28,27] in 3136 bytes");
}

TEST_F(LoadedModel, TakesATensorThatIsNotAlignedToItsType) {
  const auto in = model::random_tensors(model_->inputs(), 1)[0];
  const auto memory = aligned_bytes(in.bytes().size() + 1);
  std::copy(in.bytes().begin(), in.bytes().end(), memory.get() + 1);
  const std::shared_ptr<const std::byte> shifted(memory, memory.get() + 1);
  const std::vector<Tensor> odd{{in.dtype(), in.shape(), shifted, in.bytes().size()}};
  expect_identical(run_through(*model_, {0, model_->last_cut()}, odd),
                   run_through(*model_, {0, model_->last_cut()}, {in}));
}

TEST_F(LoadedModel, WarmsEveryRange) {
  for (std::uint32_t cut = 0; cut <= model_->last_cut(); ++cut) {
    EXPECT_TRUE(model_->warm(model_->head(cut)));
    EXPECT_TRUE(model_->warm(model_->tail(cut)));
  }
}

TEST_F(LoadedModel, KeepsAResultAliveWhenItIsGoneItself) {
  const auto in = model::random_tensors(model_->inputs(), 1);
  const auto out = run_through(*model_, {0, model_->last_cut()}, in);
  const auto copy = Tensor::copy_of(out[0].dtype(), out[0].shape(), out[0].bytes());
  model_.reset();
  EXPECT_TRUE(identical(out[0], copy));
}

TEST_F(LoadedModel, IsNamedByTheDigestOfItsFileAndItsCuts) {
  EXPECT_EQ(model_->digest().size(), 64U);
  const auto again = load_or_fail(scratch_ / "lenet.pt");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->digest(), model_->digest());

  model::Model::Options options;
  options.inputs = {{"", DType::fp32, {2, 1, 28, 28}}};
  const auto cut_otherwise = load_or_fail(scratch_ / "lenet.pt", options);
  ASSERT_TRUE(cut_otherwise);
  EXPECT_NE(cut_otherwise->digest(), model_->digest());
  EXPECT_TRUE(model::of_one_file(cut_otherwise->digest(), model_->digest()));

  ASSERT_TRUE(zoo::write_zoo_model("lenet", 2, scratch_ / "other.pt"));
  const auto other = load_or_fail(scratch_ / "other.pt");
  ASSERT_TRUE(other);
  EXPECT_FALSE(model::of_one_file(other->digest(), model_->digest()));
}

TEST_F(LoadedModel, TheGivenInputGoesBeforeTheFilesOwn) {
  model::Model::Options options;
  options.inputs = {{"", DType::fp32, {2, 1, 28, 28}}};
  const auto model = load_or_fail(scratch_ / "lenet.pt", options);
  ASSERT_TRUE(model);
  EXPECT_EQ(to_string(model->outputs()[0]), "fp32[2,10]");
  expect_every_cut_exact(*model);
}

TEST(RandomTensors, AreTheSameForTheSameSeed) {
  const std::vector<TensorSpec> specs{
      {"a", DType::fp32, {1000}}, {"b", DType::int64, {100}}, {"c", DType::boolean, {9}}};
  expect_identical(model::random_tensors(specs, 1), model::random_tensors(specs, 1));
  EXPECT_FALSE(identical(model::random_tensors(specs, 1)[0], model::random_tensors(specs, 2)[0]));
}

TEST(RandomTensors, AreStandardNormal) {
  const std::vector<TensorSpec> specs{{"a", DType::fp32, {100000}}};
  double sum = 0;
  double squares = 0;
  const auto tensors = model::random_tensors(specs, 1);
  for (const float x : tensors[0].floats()) {
    sum += x;
    squares += static_cast<double>(x) * x;
  }
  EXPECT_NEAR(sum / 1e5, 0, 0.02);
  EXPECT_NEAR(squares / 1e5, 1, 0.02);
}

TEST(RandomTensors, AreKnownNumbers) {
  const std::vector<TensorSpec> specs{{"a", DType::fp64, {2}}};
  const auto tensors = model::random_tensors(specs, 42);
  const auto* const values = reinterpret_cast<const double*>(tensors[0].bytes().data());
  EXPECT_EQ(values[0], 49695.0 / 65536);
  EXPECT_EQ(values[1], 5461.0 / 65536);
}

TEST(EngineVersion, NamesWhatIsLoaded) {
  model::set_compute_threads(2);
  const auto version = model::engine_version();
  EXPECT_TRUE(std::isdigit(static_cast<unsigned char>(version.libtorch[0])));
  EXPECT_FALSE(version.blas.empty());
  EXPECT_NE(version.simd, "unknown");
  EXPECT_EQ(version.threads, 2);
}

}  // namespace
}  // namespace tideline
