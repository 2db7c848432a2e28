// Networks of the zoo by libtorch's operators or by XNNPACK, compared with oneDNN's.
#pragma once

#include "runtime/model/api/network.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace tideline::by_others {

inline std::unique_ptr<model::Network> load(const std::filesystem::path& file, const graph::ComputeOptions& options,
                                            const std::vector<TensorSpec>& in) {
  auto network = model::Network::load(file.string(), options, [&](const auto&, const auto&) { return in; });
  if (network) return std::move(*network);
  ADD_FAILURE() << network.error().message;
  return nullptr;
}

// The cuts as text: their names, and what crosses.
inline std::vector<std::string> cuts_of(const model::Network& network) {
  std::vector<std::string> all;
  for (const model::Cut& cut : network.cuts()) {
    all.push_back(cut.name);
    for (const TensorSpec& spec : cut.tensors) all.back() += " " + to_string(spec);
  }
  return all;
}

inline graph::ComputeOptions by(KernelChoice kernels) {
  graph::ComputeOptions options;
  options.kernels = kernels;
  return options;
}

// Expects the whole, and head and tail of every cut that is a multiple of `step`, to be the same; returns the whole.
inline std::vector<Tensor> expect_cuts_exact(const model::Network& network, std::uint32_t step,
                                             const std::vector<Tensor>& in) {
  const auto last = static_cast<std::uint32_t>(network.cuts().size() - 1);
  const auto whole = network.run(0, last, in);
  EXPECT_TRUE(whole);
  for (std::uint32_t at = step; whole && at < last; at += step) {
    const auto head = network.run(0, at, in);
    const auto out = head ? network.run(at, last, *head) : head;
    EXPECT_TRUE(out && identical(out->front(), whole->front())) << network.cuts()[at].name;
  }
  return whole ? *whole : std::vector<Tensor>();
}

struct Zoo {
  const char* name;
  std::vector<std::int64_t> shape;
  std::uint32_t step;  // Runs of the larger ones take long.
};

// Expects that other kernels compute the network with the cuts of the form that oneDNN computes, and that these are
// exact.
inline void expect_same_cuts(const Zoo& given, KernelChoice kernels) {
  model::set_compute_threads(1);
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model(given.name, 1, scratch / "net.pt"));
  const TensorSpec input{"x", DType::fp32, given.shape};
  const auto lowered = load(scratch / "net.pt", by(KernelChoice::onednn), {input});
  const auto other = load(scratch / "net.pt", by(kernels), {input});
  ASSERT_TRUE(lowered && other);
  EXPECT_EQ(cuts_of(*other), cuts_of(*lowered));
  const auto in = model::random_tensors({&input, 1}, 5);
  const auto theirs = expect_cuts_exact(*other, given.step, in);
  const auto ours = lowered->run(0, static_cast<std::uint32_t>(lowered->cuts().size() - 1), in);
  ASSERT_TRUE(ours && !theirs.empty());
  EXPECT_LT(relative_error(theirs.front(), ours->front()), 1e-4);
}

inline std::string text_of(const testing::TestParamInfo<std::tuple<Zoo, KernelChoice>>& given) {
  return std::string(std::get<0>(given.param).name) + "_by_" + std::string(name(std::get<1>(given.param)));
}

}  // namespace tideline::by_others
