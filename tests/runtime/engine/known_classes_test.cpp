#include "runtime/engine/known_classes.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace tideline::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> kClassNames{"cat", "dog", "crane", "tench, Tinca tinca", "crane", "9"};

Result<KnownClasses> numbered_labels(std::string_view text) {
  return parse_labels(text, {1000, {}});
}

Result<KnownClasses> named_labels(std::string_view lines) {
  return parse_labels("file,label\n" + std::string(lines), {10, kClassNames});
}

std::string fault_of_labels(const Result<KnownClasses>& known) {
  EXPECT_FALSE(known);
  return known ? "" : known.error().message;
}

TEST(KnownClasses, AreReadByFileAndAFileMayHaveSeveral) {
  const auto known = numbered_labels("file,class\r\ncat.jpg,281\ncat.jpg,282\na, b.jpg,7");
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->size(), 2u);
  EXPECT_EQ(known->at("cat.jpg"), (std::set<std::uint32_t>{281, 282}));
  EXPECT_EQ(known->at("a, b.jpg"), (std::set<std::uint32_t>{7}));
}

TEST(KnownClasses, MayBeNamedAndStandInQuotes) {
  const auto known = named_labels("a.jpg,dog\n\"b, c.jpg\",\"tench, Tinca tinca\"\n\"the \"\"d\"\".jpg\",1\ne.jpg,8\n");
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(*known, (KnownClasses{{"a.jpg", {1}}, {"b, c.jpg", {3}}, {"the \"d\".jpg", {1}}, {"e.jpg", {8}}}));
}

TEST(KnownClasses, OfALineThatIsNotOneAreRefusedWithItsNumber) {
  EXPECT_THAT(fault_of_labels(numbered_labels("cat.jpg,281\n")),
              StartsWith("1: 'cat.jpg,281' is not the first line of labels"));
  EXPECT_THAT(fault_of_labels(numbered_labels("file,class\ncat.jpg,281\ncat.jpg\n")),
              StartsWith("3: 'cat.jpg' is not a file and a class; write for example cat.jpg,281"));
  for (const std::string_view line : {",5", "cat.jpg,", "", "\"cat.jpg,5", "cat.jpg,\"5", "\"a\"b.jpg\",5"})
    EXPECT_THAT(fault_of_labels(numbered_labels("file,class\n" + std::string(line) + "\n")),
                HasSubstr("is not a file and a class"))
        << line;
}

TEST(KnownClasses, OfAFileWithoutALineOrThatIsNoTextAreRefused) {
  EXPECT_THAT(fault_of_labels(numbered_labels("")), StartsWith("the file is empty; begin with the line 'file,class'"));
  EXPECT_THAT(fault_of_labels(numbered_labels("file,class\n")), StartsWith("no image has a label"));
  EXPECT_THAT(fault_of_labels(numbered_labels("file,class\ncat\xff.jpg,5\n")),
              StartsWith("2: this is not text in UTF-8"));
  EXPECT_THAT(fault_of_labels(numbered_labels(std::string_view("\x89PNG\r\n\x1a\n\0\0", 10))),
              StartsWith("1: '\\x89PNG'"));
}

TEST(KnownClasses, ThatTheNetworkDoesNotHaveAreRefused) {
  EXPECT_THAT(fault_of_labels(numbered_labels("file,class\ncat.jpg,1000\n")),
              StartsWith("2: there is no class 1000; the network has classes 0 to 999"));
  EXPECT_THAT(fault_of_labels(numbered_labels("file,class\ncat.jpg,-1\n")),
              StartsWith("2: no class is called '-1'; the model has no labels"));
  EXPECT_THAT(fault_of_labels(named_labels("a.jpg,bird\n")),
              StartsWith("2: no class is called 'bird'; write it as in the model's labels"));
}

TEST(KnownClasses, ThatMayMeanTwoAreRefused) {
  EXPECT_THAT(fault_of_labels(named_labels("a.jpg,crane\n")),
              StartsWith("2: classes 2 and 4 are both called 'crane'; give the number"));
  EXPECT_THAT(fault_of_labels(named_labels("a.jpg,9\n")), StartsWith("2: '9' is the name of class 5, and the number"));
}

TEST(KnownClasses, ThatStandTwiceAreRefused) {
  EXPECT_THAT(fault_of_labels(named_labels("a.jpg,dog\nb.jpg,1\na.jpg,1\n")),
              StartsWith("4: 'a.jpg' has class 1 already; remove one of the lines"));
}

}  // namespace
}  // namespace tideline::engine
