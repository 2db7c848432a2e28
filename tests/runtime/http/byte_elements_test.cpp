#include "runtime/http/byte_elements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

Result<std::vector<std::span<const std::byte>>> split(std::string_view bytes, std::size_t count) {
  return split_elements(std::as_bytes(std::span(bytes)), count);
}

TEST(ByteElements, AreViewsOfWhatFollowsEachLength) {
  const std::string bytes("\3\0\0\0abc\0\0\0\0\1\0\0\0z", 16);
  const auto elements = split(bytes, 3);
  ASSERT_TRUE(elements) << elements.error().message;
  ASSERT_EQ(elements->size(), 3u);
  EXPECT_EQ((*elements)[0].size(), 3u);
  EXPECT_EQ(reinterpret_cast<const char*>((*elements)[0].data()), bytes.data() + 4);
  EXPECT_TRUE((*elements)[1].empty());
  EXPECT_EQ((*elements)[2].front(), std::byte{'z'});
}

TEST(ByteElements, AreWrittenAsTheyAreRead) {
  std::string bytes;
  append_sized(bytes, "abc");
  append_sized(bytes, std::string(300, 'x'));
  EXPECT_EQ(bytes.substr(0, 11), std::string("\3\0\0\0abc\x2c\1\0\0", 11));
  EXPECT_EQ(bytes.size(), sized("abc") + sized(std::string(300, 'x')));
  const auto elements = split(bytes, 2);
  ASSERT_TRUE(elements) << elements.error().message;
  EXPECT_EQ((*elements)[1].size(), 300u);
}

TEST(ByteElements, ALengthThatLiesIsFoundOut) {
  const std::string_view one("\3\0\0\0abc", 7);
  EXPECT_THAT(split("", 1).error().message, HasSubstr("element 0 of 1 has no length; send 4 bytes"));
  EXPECT_THAT(split(one.substr(0, 3), 1).error().message, HasSubstr("has no length"));
  EXPECT_THAT(split(one.substr(0, 6), 1).error().message, HasSubstr("element 0 is 3 bytes long by its first 4 bytes, "
                                                                    "but only 2 are left"));
  EXPECT_THAT(split(std::string_view("\xff\xff\xff\xff"
                                     "abc",
                                     7),
                    1)
                  .error()
                  .message,
              HasSubstr("4294967295 bytes"));
  EXPECT_THAT(split(one, 2).error().message, HasSubstr("element 1 of 2 has no length"));
  EXPECT_THAT(split(one, 0).error().message, HasSubstr("7 bytes follow the last of 0 elements"));
}

}  // namespace
}  // namespace tideline::http
