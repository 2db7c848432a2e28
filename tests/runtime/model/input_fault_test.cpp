#include "runtime/model/graph/input_fault.h"

#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline {
namespace {

using testing::HasSubstr;

TEST(InputFault, WordsTellWhoseFaultItIs) {
  EXPECT_TRUE(graph::is_of_input("index out of range in self"));
  EXPECT_TRUE(graph::is_of_input("index 12 is out of bounds for dimension 0 with size 4"));
  EXPECT_TRUE(graph::is_of_input("AssertionError: negative"));
  EXPECT_FALSE(graph::is_of_input("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes"));
  EXPECT_FALSE(graph::is_of_input("could not create a primitive"));
  EXPECT_FALSE(graph::is_of_input(""));
}

TEST(InputFault, AnIndexThatIsOutOfRangeIsInvalidAndTheNetworkServesOn) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, tokens: Tensor):\n  y = torch.embedding(torch.cat([self.m, self.m]), tokens)\n"
                "  return torch.tanh(y)\n",
                R"(["int64[1,3]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  const auto ask = [&](std::int64_t last) {
    const std::array<std::int64_t, 3> tokens{0, 1, last};
    const std::vector<Tensor> in{Tensor::copy_of(DType::int64, {1, 3}, std::as_bytes(std::span(tokens)))};
    return model->run(model->whole(), in);
  };
  EXPECT_TRUE(ask(7));
  for (const std::int64_t wrong : {std::int64_t{8}, std::int64_t{1} << 40, std::int64_t{-1}}) {
    const auto refused = ask(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr("does not accept these numbers"));
  }
  EXPECT_TRUE(ask(2));
}

}  // namespace
}  // namespace tideline
