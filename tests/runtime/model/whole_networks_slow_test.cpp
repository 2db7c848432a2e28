#include "runtime/model/api/split.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace tideline {
namespace {

constexpr auto* kWholePython = "/usr/bin/python3";

// Runs a line of Python in a process of its own. Returns true iff it ended well.
bool run_python(const std::string& code) {
  return std::system(fmt::format("{} -c '{}' >/dev/null 2>&1", kWholePython, code).c_str()) == 0;
}

// Traces or scripts one of torchvision's networks, with random weights, in evaluation mode.
bool save(const std::string& network, const std::string& how, const std::filesystem::path& file) {
  return run_python(
      fmt::format("import torch, torchvision; torch.manual_seed(1); "
                  "n = torchvision.models.{}(weights=None).eval(); "
                  "torch.jit.{}.save(\"{}\")",
                  network, how, file.string()));
}

std::shared_ptr<const model::Model> foreign(const Scratch& scratch, const std::string& network,
                                            const std::string& how) {
  model::Model::Options options;
  options.inputs = {{"", DType::fp32, {1, 3, 224, 224}}};
  return save(network, how, scratch / "foreign.pt") ? load_or_fail(scratch / "foreign.pt", options) : nullptr;
}

TEST(WholeNetworks, EveryCutOfAlexnetIsExact) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("alexnet", 1, scratch / "alexnet.pt"));
  const auto model = load_or_fail(scratch / "alexnet.pt");
  ASSERT_TRUE(model);
  const auto named = [](const model::Cut& cut) { return cut.name == "features.2 max_pool2d"; };
  const auto pool = std::find_if(model->cuts().begin(), model->cuts().end(), named);
  ASSERT_NE(pool, model->cuts().end());
  EXPECT_EQ(pool->bytes.count, 186'624U);
  EXPECT_EQ(model->parameters().count, 61'100'840U * 4);
  expect_every_cut_exact(*model);
}

TEST(WholeNetworks, EveryCutOfATracedResnet18IsExact) {
  if (!run_python("import torchvision"))
    GTEST_SKIP() << kWholePython << " has no torchvision (Debian: python3-torchvision)";
  const Scratch scratch;
  const auto model = foreign(scratch, "resnet18", "trace(n, torch.rand(1, 3, 224, 224))");
  ASSERT_TRUE(model);
  const auto ships_several = [](const model::Cut& cut) { return cut.tensors.size() > 1; };
  EXPECT_GE(std::count_if(model->cuts().begin(), model->cuts().end(), ships_several), 8);
  EXPECT_EQ(to_string(model->outputs()[0]), "fp32[1,1000]");
  const auto relu = [](const model::Cut& cut) { return cut.name == "relu relu"; };
  EXPECT_EQ(std::count_if(model->cuts().begin(), model->cuts().end(), relu), 1);
  expect_every_cut_exact(*model);
}

TEST(WholeNetworks, TheHalvesOfASplitRunInPythonAndGiveTheWholesResult) {
  if (!run_python("import torch")) GTEST_SKIP() << kWholePython << " has no torch (Debian: python3-torch)";
  const Scratch scratch;
  const auto model = foreign(scratch, "resnet18", "trace(n, torch.rand(1, 3, 224, 224))");
  ASSERT_TRUE(model);
  for (const std::uint32_t cut : {2U, 7U, model->last_cut() - 1}) {
    const auto written = write_split(*model, scratch / "foreign.pt", cut, scratch / "halves");
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_TRUE(
        run_python(fmt::format("import torch; load = torch.jit.load; x = torch.rand(1, 3, 224, 224); "
                               "head, tail, whole = load(\"{0}/halves/head.pt\"), load(\"{0}/halves/tail.pt\"), "
                               "load(\"{0}/foreign.pt\"); h = head(x); "
                               "assert torch.equal(tail(*h) if isinstance(h, tuple) else tail(h), whole(x))",
                               (scratch / "").string())))
        << cut;
  }
}

TEST(WholeNetworks, AScriptedNetworksCutsAreNamedAfterItsModules) {
  if (!run_python("import torchvision"))
    GTEST_SKIP() << kWholePython << " has no torchvision (Debian: python3-torchvision)";
  const Scratch scratch;
  const auto model = foreign(scratch, "mobilenet_v2", "script(n)");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->cuts()[1].name.substr(0, 11), "features.0.");
  expect_every_cut_exact(*model);
}

}  // namespace
}  // namespace tideline
