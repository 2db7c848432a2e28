#include "runtime/base/outside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tideline {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST(OutsideText, LeavesOrdinaryTextAsItIs) {
  for (const std::string text : {"", "edge-7", "Zürich, 東京, 🙂", "a \\n that was written so", "50 % of \"it\" {}"})
    EXPECT_EQ(outside_text(text), text);
}

TEST(OutsideText, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(outside_text("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(outside_text("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
  EXPECT_EQ(outside_text(std::string("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(outside_text("\xc2\x9b"
                         "2J"),
            "\\x9b2J")
      << "the same as ESC [, in one character";
  EXPECT_EQ(outside_text("\xe2\x80\xae"
                         "abc\xe2\x80\xa8"),
            "\\u202eabc\\u2028");
}

TEST(OutsideText, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(outside_text("\xff\xfe!"), "\\xff\\xfe!");
  EXPECT_EQ(outside_text("\xc0\x8a"), "\\xc0\\x8a") << "a line break in a form that is too long";
  EXPECT_EQ(outside_text("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair of UTF-16";
  EXPECT_EQ(outside_text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last character";
  EXPECT_EQ(outside_text("caf\xc3"), "caf\\xc3") << "cut in the middle";
}

TEST(OutsideText, IsUtf8IffEveryByteBelongsToACharacter) {
  for (const std::string text : {"", "edge-7", "Zürich, 東京, 🙂", "a\n\x1b"}) EXPECT_TRUE(is_utf8(text)) << text;
  for (const std::string text : {"\xff", "caf\xc3", "a\xc0\x8a", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"})
    EXPECT_FALSE(is_utf8(text)) << outside_text(text);
}

TEST(OutsideText, IsCutAndSaysHowLongItWas) {
  const std::string cut = outside_text(std::string(70000, 'x'));
  EXPECT_EQ(cut.size(), kLongestOutside);
  EXPECT_THAT(cut, StartsWith("xxx"));
  EXPECT_THAT(cut, EndsWith("x... (70000 bytes)"));
  EXPECT_EQ(outside_text(std::string(64, 'x'), 64), std::string(64, 'x'));
  EXPECT_THAT(outside_text(std::string(60, '\n'), 64), EndsWith("\\n... (60 bytes)")) << "it is the result that counts";
}

TEST(OutsideText, GivesForAnyBytesOneCleanLineWithinTheLimitAndLeavesThatAsItIs) {
  std::mt19937 random(7);
  const std::string pieces[] = {"a", "\n", "\x1b", "é", "\xc3", "東", "\xe2\x80\xae", "\xf0\x9f", "🙂", "\xff"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t n = random() % 60; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const std::size_t limit = 32 + random() % 64;
    const std::string once = outside_text(text, limit);
    ASSERT_LE(once.size(), limit);
    ASSERT_EQ(once.find_first_of(std::string("\n\x1b")), std::string::npos);
    ASSERT_EQ(outside_text(once, limit), once) << text;
  }
}

}  // namespace
}  // namespace tideline
