// Lenet: the zoo's lenet, written and loaded once per test program.
#pragma once

#include "runtime/model/api/model.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>

#include <memory>

namespace tideline {

inline const std::shared_ptr<const model::Model>& lenet() {
  static const std::shared_ptr<const model::Model> model = [] {
    model::set_compute_threads(1);
    const TemporaryFolder folder;
    EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
    auto loaded = model::Model::load(folder / "lenet.pt", {});
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *loaded;
  }();
  return model;
}

// The same network with only the heads up to that cut; loaded again at every call.
inline std::shared_ptr<const model::Model> lenet_up_to(std::uint32_t cut) {
  const TemporaryFolder folder;
  EXPECT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
  auto loaded = model::Model::load(folder / "lenet.pt", {.inputs = {}, .memory = lenet()->cuts()[cut].head_memory});
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *loaded;
}

}  // namespace tideline
