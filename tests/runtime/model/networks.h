// What the tests of Model share: small networks written as TorchScript, and the promise that every cut is exact.
#pragma once

#include "runtime/model/api/model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

// Writes a network whose forward is `source` (defined in written_networks_test.cpp). It owns, with random values, the
// convolution weights w1 [8,3,3,3], w2 [8,8,3,3], w3 [8,8,1,1], and the matrix m [4,8]. With an empty `inputs_json` the
// file does not say what it takes. `odd` is one of the numbers in m.
void write_network(const std::filesystem::path& file, const std::string& source, const std::string& inputs_json,
                   float odd = 0);

// Runs the network of the file as libtorch itself does, without freezing or lowering it.
std::vector<Tensor> run_by_libtorch(const std::filesystem::path& file, const std::vector<Tensor>& inputs);

// The largest difference over the largest number. REQUIRES: both are fp32, of one shape.
double relative_error(const Tensor& a, const Tensor& b);

// Expects the model to compute what libtorch does for the network of the file, within rounding, and every cut to be
// exact. What libtorch returns as None is no output.
void expect_as_libtorch(const model::Model& model, const std::filesystem::path& file);

// On one thread: teams of threads that wait for each other take minutes on a machine that is busy with other things.
inline std::shared_ptr<const model::Model> load_or_fail(const std::filesystem::path& file,
                                                        const model::Model::Options& options = {}) {
  model::set_compute_threads(1);
  auto model = model::Model::load(file, options);
  if (!model) {
    ADD_FAILURE() << model.error().message;
    return nullptr;
  }
  return *model;
}

// Runs the network from cut to cut; nothing comes back when a part fails.
inline std::vector<Tensor> run_through(const model::Model& model, const std::vector<std::uint32_t>& at,
                                       std::vector<Tensor> tensors) {
  for (std::size_t i = 1; i < at.size(); ++i) {
    auto next = model.run({at[i - 1], at[i]}, tensors);
    if (!next) {
      ADD_FAILURE() << next.error().message;
      return {};
    }
    tensors = std::move(*next);
  }
  return tensors;
}

inline void expect_identical(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(identical(a[i], b[i])) << "tensor " << i;
}

// Expects head and tail of every cut to give what the whole gives, bit for bit.
inline void expect_every_cut_exact(const model::Model& model) {
  const auto in = model::random_tensors(model.inputs(), 7);
  const auto whole = run_through(model, {0, model.last_cut()}, in);
  ASSERT_FALSE(whole.empty());
  for (const auto& cut : model.cuts()) {
    SCOPED_TRACE(cut.name);
    expect_identical(run_through(model, {0, cut.index, model.last_cut()}, in), whole);
  }
}

}  // namespace tideline
