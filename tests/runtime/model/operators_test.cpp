#include "runtime/model/graph/operators.h"

#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Operators, OnlyTorchvisionsAreLookedFor) {
  EXPECT_TRUE(graph::needs_torchvision("Unknown builtin op: torchvision::nms"));
  EXPECT_FALSE(graph::needs_torchvision("Unknown builtin op: mylib::nms"));
  EXPECT_FALSE(graph::needs_torchvision("file not found"));
}

TEST(Operators, APackageThatIsNotThereIsNamed) {
  const Scratch scratch;
  const auto loaded = graph::load_torchvision((scratch / "_C*.so").string());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::invalid);
  EXPECT_THAT(loaded.error().message, AllOf(HasSubstr("needs operators of torchvision"), HasSubstr("not installed"),
                                            HasSubstr("python3-torchvision")));
}

TEST(Operators, ALibraryOfAnotherLibtorchIsNotLoaded) {
  const Scratch scratch;
  scratch.write("_C.cpython.so", std::string("libtorch_cpu.so.0.4\0", 20));
  const auto loaded = graph::load_torchvision((scratch / "_C*.so").string());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("was built for another version of libtorch than libtorch_cpu.so"));
}

}  // namespace
}  // namespace tideline
