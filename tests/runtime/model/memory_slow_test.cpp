// What a budget of memory is worth to the process: the weights that it lets go are given back to the system.
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <fstream>

namespace tideline {
namespace {

// Memory of this process that no file is behind.
std::int64_t resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("RssAnon:", 0) == 0) return std::stoll(line.substr(8)) * 1024;
  return 0;
}

TEST(MemorySlow, WhatIsLetGoIsGivenBackToTheSystem) {
  if (resident() == 0) GTEST_SKIP() << "this kernel tells no RssAnon in /proc/self/status";
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("alexnet", 1, scratch / "alexnet.pt"));
  const auto warmed_up = load_or_fail(scratch / "alexnet.pt");  // What libtorch takes once is there now.
  ASSERT_TRUE(warmed_up);

  const auto empty = resident();
  const auto part = load_or_fail(scratch / "alexnet.pt", {.inputs = {}, .memory = 20_MiB});
  const auto small = resident() - empty;
  const auto whole = load_or_fail(scratch / "alexnet.pt");
  const auto large = resident() - empty - small;
  ASSERT_TRUE(part && whole);

  const auto released = part->parameters().count - part->cuts()[part->deepest_cut()].head_parameters.count;
  ASSERT_GT(released, part->parameters().count / 2);
  EXPECT_GE(static_cast<double>(large - small), 0.8 * static_cast<double>(released));
  EXPECT_GE(static_cast<double>(large), 0.8 * static_cast<double>(whole->parameters().count)) << "the measure is blind";
}

}  // namespace
}  // namespace tideline
