// A network whose boxes are the pixels of its input: each row of six is one box.
#pragma once

#include "runtime/model/api/model.h"
#include "tests/support/network_file.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

namespace tideline {

inline void write_boxes_network(const std::filesystem::path& file) {
  write_network_file(file, "def forward(self, x):\n  return (x + 0.0).reshape([-1, 4, 6])\n", R"(["fp32[1,1,4,6]"])");
}

inline std::shared_ptr<const model::Model> boxes_network() {
  const TemporaryFolder folder;
  write_boxes_network(folder / "boxes.pt");
  auto loaded = model::Model::load(folder / "boxes.pt", {});
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *loaded;
}

}  // namespace tideline
