#include "runtime/base/kernel_choice.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

TEST(KernelChoice, IsReadAsItIsWritten) {
  for (const auto choice :
       {KernelChoice::automatic, KernelChoice::onednn, KernelChoice::xnnpack, KernelChoice::libtorch})
    EXPECT_EQ(*parse_kernel_choice(name(choice)), choice);
  EXPECT_EQ(name(KernelChoice::automatic), "auto");
}

TEST(KernelChoice, AnUnknownNameIsRefusedWithThoseThatAreKnown) {
  const auto choice = parse_kernel_choice("cudnn");
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().kind, ErrorKind::invalid);
  EXPECT_EQ(choice.error().message, R"("cudnn" names no kernels; write "auto", "onednn", "xnnpack" or "libtorch")");
}

}  // namespace
}  // namespace tideline
