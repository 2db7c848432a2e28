// What holds of every network that takes several requests at once, or any batch.
#pragma once

#include "runtime/model/api/batch_check.h"
#include "runtime/model/graph/stack.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tideline {

// The largest error that a request gets from being one of `count`, at any cut, relative to the largest number.
inline double error_among(const model::Model& model, std::int64_t count) {
  double worst = 0;
  for (const model::Cut& cut : model.cuts()) {
    SCOPED_TRACE(cut.name);
    std::vector<std::vector<Tensor>> requests;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto in = model::random_tensors(model.inputs(), static_cast<std::uint64_t>(i) + 1);
      requests.push_back(run_through(model, {0, cut.index}, in));
    }
    auto together = model.run_together(model.tail(cut.index), graph::stacked(requests), count);
    if (!together) {
      ADD_FAILURE() << together.error().message;
      return 1;
    }
    const auto apart = graph::unstacked(*std::move(together), count);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const auto alone = run_through(model, {cut.index, model.last_cut()}, requests[i]);
      for (std::size_t t = 0; t < alone.size(); ++t) {
        EXPECT_EQ(apart[i][t].shape(), alone[t].shape());
        worst = std::max(worst, relative_error(apart[i][t], alone[t]));
      }
    }
  }
  return worst;
}

// Expects that requests of the zoo's network run together as they do alone.
inline void expect_together(const Scratch& scratch, const std::string& name) {
  ASSERT_TRUE(zoo::write_zoo_model(name, 1, scratch / "n.pt"));
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_LT(error_among(*model, 4), 1e-4) << name;
  for (const model::Cut& cut : model->cuts())
    EXPECT_TRUE(rows_stay_apart(*model, model->tail(cut.index), 1)) << cut.name;
}

inline void expect_exact_at(const model::Model& model, std::int64_t batch) {
  SCOPED_TRACE(batch);
  const auto in = model::random_tensors(at_batch(model.inputs(), batch), 7);
  const auto whole = run_through(model, {0, model.last_cut()}, in);
  ASSERT_EQ(whole.size(), model.outputs().size());
  EXPECT_EQ(whole[0].shape()[0], batch);
  for (const auto& cut : model.cuts()) {
    SCOPED_TRACE(cut.name);
    expect_identical(run_through(model, {0, cut.index, model.last_cut()}, in), whole);
  }
}

// Expects that the zoo's network takes any batch, and computes as the one for a batch of one.
inline void expect_any_batch(const Scratch& scratch, const std::string& name) {
  ASSERT_TRUE(zoo::write_zoo_model(name, 1, scratch / "n.pt"));
  const auto fixed = load_or_fail(scratch / "n.pt");
  model::Model::Options options;
  options.inputs.assign(fixed->inputs().begin(), fixed->inputs().end());
  options.inputs[0].shape[0] = kAnyBatch;
  const auto any = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(any);
  ASSERT_EQ(any->cuts().size(), fixed->cuts().size());
  for (std::uint32_t i = 0; i < any->cuts().size(); ++i) EXPECT_EQ(any->cuts()[i].bytes, fixed->cuts()[i].bytes);
  EXPECT_NE(any->digest(), fixed->digest());
  for (const std::int64_t batch : {1, 2, 5}) expect_exact_at(*any, batch);
  const auto one = model::random_tensors(fixed->inputs(), 3);
  expect_identical(run_through(*any, {0, any->last_cut()}, one), run_through(*fixed, {0, fixed->last_cut()}, one));
}

}  // namespace tideline
