#include "runtime/http/body.h"

#include "runtime/base/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tideline::http {
namespace {

TEST(Body, HoldsACopyOfAText) {
  std::string text = "some bytes";
  const Body body(text);
  text[0] = 'S';
  EXPECT_EQ(body.text(), "some bytes");
  EXPECT_EQ(body.size(), 10u);
  EXPECT_TRUE(is_aligned(body.bytes().data()));
}

TEST(Body, IsEmptyAtFirstAndHoldsNothing) {
  const Body body;
  EXPECT_EQ(body.text(), "");
  EXPECT_FALSE(body.holds(nullptr));
  EXPECT_FALSE(body.holds(body.bytes().data()));
}

TEST(Body, AlignsTheByteThatItIsTold) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{200}}) {
    Body body;
    body.reserve(300, at);
    body.append(std::string(300, 'x'));
    EXPECT_TRUE(is_aligned(body.bytes().data() + at)) << at;
  }
}

TEST(Body, AlignsAByteThatIsNotThere) {
  for (const std::size_t at : {std::size_t{11}, SIZE_MAX}) {
    Body body;
    body.reserve(10, at);
    body.append("0123456789");
    EXPECT_EQ(body.text(), "0123456789") << at;
  }
}

TEST(Body, TakesBytesThatAreWrittenIntoItsMemory) {
  Body body;
  body.reserve(6);
  body.append("abc");
  ASSERT_EQ(body.spare().size(), 3u);
  std::ranges::fill(body.spare(), std::byte{'x'});
  body.grow(2);
  EXPECT_EQ(body.text(), "abcxx");
  EXPECT_EQ(body.spare().size(), 1u);
}

TEST(Body, KeepsItsBytesAndTheirAlignmentWhenItGetsMoreMemory) {
  Body body;
  body.reserve(5, 3);
  body.append("abc");
  body.reserve(1000, 3);
  body.append(std::string(997, 'x'));
  EXPECT_EQ(body.text(), "abc" + std::string(997, 'x'));
  EXPECT_TRUE(is_aligned(body.bytes().data() + 3));
}

TEST(Body, ASharedPartOutlivesIt) {
  std::shared_ptr<const std::byte> part;
  {
    const Body body(std::string(1000, 'a') + "end");
    part = body.share(body.bytes().subspan(1000));
    EXPECT_TRUE(body.holds(part.get()));
    EXPECT_FALSE(body.holds(part.get() + 3));
    EXPECT_FALSE(Body("another").holds(part.get()));
  }
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(part.get()), 3), "end");
}

}  // namespace
}  // namespace tideline::http
