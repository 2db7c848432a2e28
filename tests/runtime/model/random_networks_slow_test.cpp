#include "runtime/model/api/batch_check.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/random_networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

std::shared_ptr<const model::Model> loaded(const Scratch& scratch, const std::string& source,
                                           const std::string& inputs) {
  write_network(scratch / "n.pt", source, inputs);
  return load_or_fail(scratch / "n.pt");
}

// Each changes what a row gets where another row is changed.
constexpr const char* kMixing[] = {
    "x + torch.sum(x)",       "torch.flip(x, [0])",      "torch.cumsum(x, 0)", "torch.softmax(x, 0)",
    "x - torch.mean(x, [0])", "x * torch.max(x)",        "x + x[0:1]",         "torch.roll(x, [1], [0])",
    "x / torch.norm(x)",      "x + torch.sort(x, 0)[0]", "x * x.size(0)"};

TEST(RandomNetworks, WhatIsProvedOfThemIsSoAndOnesThatMixAreNeverProved) {
  const Scratch scratch;
  int proved = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    const RandomNetwork network(seed);
    SCOPED_TRACE(network.source());
    const auto model = loaded(scratch, network.source(), network.inputs_json());
    ASSERT_TRUE(model);
    if (!model->keeps_apart(model->whole(), 1)) {
      ++refused;
      continue;
    }
    ++proved;
    const auto tried = rows_stay_apart(*model, model->whole(), 1);
    EXPECT_TRUE(tried) << tried.error().message;
    const std::string mixes = kMixing[seed % std::size(kMixing)];
    for (const auto& source : {network.source(mixes), network.source("x", mixes)}) {
      const auto mixed = loaded(scratch, source, network.inputs_json());
      ASSERT_TRUE(mixed);
      EXPECT_FALSE(mixed->keeps_apart(mixed->whole(), 1)) << source;
    }
  }
  EXPECT_GE(proved, 8);
  EXPECT_GE(refused, 8);
}

}  // namespace
}  // namespace tideline
