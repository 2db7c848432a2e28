#include "runtime/base/device.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

TEST(Device, ReadsWhatItWrites) {
  for (const char* text : {"cpu", "cuda:0", "cuda:7"}) {
    const auto device = parse_device(text);
    ASSERT_TRUE(device) << text;
    EXPECT_EQ(to_string(*device), text);
  }
  EXPECT_EQ(to_string(*parse_device("cuda")), "cuda:0");
}

TEST(Device, RefusesWhatIsNone) {
  for (const char* text :
       {"", "gpu", "CUDA", "cpu:0", "cuda:", "cuda:-1", "cuda:x", "cuda:1x", "cuda:99999999999", "cudax1"})
    EXPECT_FALSE(parse_device(text)) << text;
}

}  // namespace
}  // namespace tideline
