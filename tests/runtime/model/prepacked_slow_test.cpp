#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <thread>
#include <utility>

namespace tideline {
namespace {

constexpr auto* kPrepackedPython = "/usr/bin/python3";
constexpr int kRuns = 500;  // On each of two threads.

bool python(const std::string& code) {
  return std::system(fmt::format("{} -c '{}' >/dev/null 2>&1", kPrepackedPython, code).c_str()) == 0;
}

// Writes the network twice: plain.pt as it is, and packed.pt as it is optimised for mobiles.
bool save(const std::string& network, const Scratch& scratch) {
  return python(
      fmt::format("import torch; from torch.nn import *; torch.manual_seed(1); "
                  "from torch.utils.mobile_optimizer import optimize_for_mobile as packed; "
                  "n = torch.jit.script(Sequential({0}).eval()); n.save(\"{1}/plain.pt\"); "
                  "p = packed(n); assert \"prepacked\" in str(p.graph); p.save(\"{1}/packed.pt\")",
                  network, (scratch / "").string()));
}

// Leaves numbers behind, in memory of all the sizes that small tensors take, which no sum survives.
void dirty_memory() {
  std::vector<std::vector<float>> left;
  for (std::size_t size = 4; size < 4096; size += 12 + size / 8) {
    left.emplace_back(size, size % 8 == 0 ? std::numeric_limits<float>::quiet_NaN() : 3e30F);
  }
}

void expect_near(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  for (std::size_t i = 0; i < a.floats().size(); ++i) ASSERT_NEAR(a.floats()[i], b.floats()[i], 1e-5) << i;
}

void expect_the_same_every_time(const model::Model& model, const std::vector<Tensor>& in,
                                const std::vector<Tensor>& wanted) {
  int others = 0;
  for (int i = 0; i < kRuns; ++i) {
    const auto cut = static_cast<std::uint32_t>(i) % (model.last_cut() + 1);
    dirty_memory();
    const auto crossing = model.run(model.head(cut), in);
    ASSERT_TRUE(crossing) << crossing.error().message;
    dirty_memory();
    const auto out = model.run(model.tail(cut), *crossing);
    ASSERT_TRUE(out) << out.error().message;
    others += identical((*out)[0], wanted[0]) ? 0 : 1;
  }
  EXPECT_EQ(others, 0);
}

class Prepacked : public ::testing::TestWithParam<std::pair<const char*, Shape>> {};

TEST_P(Prepacked, OperatorsGiveThePlainNetworksAnswerEveryTimeOnTwoThreadsOverDirtyMemory) {
  if (!python("import torch.utils.mobile_optimizer"))
    GTEST_SKIP() << kPrepackedPython << " has no torch (Debian: python3-torch)";
  const Scratch scratch;
  ASSERT_TRUE(save(GetParam().first, scratch));
  const model::Model::Options options{.inputs = {{"", DType::fp32, GetParam().second}}};
  const auto plain = load_or_fail(scratch / "plain.pt", options), packed = load_or_fail(scratch / "packed.pt", options);
  ASSERT_TRUE(plain && packed);
  const auto in = model::random_tensors(packed->inputs(), 3);
  const auto other_in = model::random_tensors(packed->inputs(), 4);
  const auto wanted = run_through(*packed, {0, packed->last_cut()}, in);
  const auto other_wanted = run_through(*packed, {0, packed->last_cut()}, other_in);
  ASSERT_TRUE(!wanted.empty() && !other_wanted.empty());
  expect_near(wanted[0], run_through(*plain, {0, plain->last_cut()}, in)[0]);
  std::thread beside([&] {
    model::set_compute_threads(1);
    expect_the_same_every_time(*packed, other_in, other_wanted);
  });
  expect_the_same_every_time(*packed, in, wanted);
  beside.join();
}

INSTANTIATE_TEST_SUITE_P(
    OfXnnpack, Prepacked,
    ::testing::Values(std::pair("Linear(150, 64), ReLU(), Linear(64, 33), ReLU(), Linear(33, 7)", Shape{1, 150}),
                      std::pair("Conv2d(3, 13, 3), ReLU(), Conv2d(13, 7, 3, padding=1), Hardtanh(-0.3, 0.2)",
                                Shape{1, 3, 17, 19}),
                      std::pair("ConvTranspose2d(6, 4, 3, 2, 1, 1, 2, True, 1), ReLU()", Shape{1, 6, 9, 7}),
                      std::pair("ConvTranspose2d(3, 5, 3, dilation=2)", Shape{1, 3, 9, 7})));

}  // namespace
}  // namespace tideline
