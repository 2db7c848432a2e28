#include "runtime/task/labels.h"

#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <string>

namespace tideline::task {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> labels_in(std::string_view text) {
  const Result<std::vector<std::string>> labels = parse_labels(text, "l.txt");
  EXPECT_TRUE(labels) << labels.error().message;
  return labels ? *labels : std::vector<std::string>();
}

std::string fault_in(std::string_view text) {
  const Result<std::vector<std::string>> labels = parse_labels(text, "l.txt");
  EXPECT_FALSE(labels);
  return labels ? "" : labels.error().message;
}

TEST(Labels, AreOnePerLineInOrder) {
  EXPECT_THAT(labels_in("cat\ndog, hound\n Zürich \n"), ElementsAre("cat", "dog, hound", " Zürich "));
  EXPECT_THAT(labels_in("cat\ndog"), ElementsAre("cat", "dog"));
}

TEST(Labels, MayEndInCrlfAndBeginWithAByteOrderMark) {
  EXPECT_THAT(labels_in("\xef\xbb\xbf"
                        "cat\r\ndog\r\n"),
              ElementsAre("cat", "dog"));
}

TEST(Labels, OneEmptyLineAtTheEndDoesNotCountButOthersDo) {
  EXPECT_THAT(labels_in("cat\ndog\n\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(labels_in("cat\r\ndog\r\n\r\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(labels_in("cat\n\ndog\n"), ElementsAre("cat", "", "dog"));
  EXPECT_THAT(labels_in("cat\n\n\n"), ElementsAre("cat", ""));
}

TEST(Labels, AreUtf8OrTheErrorNamesTheLine) {
  const std::string fault = fault_in("cat\ncaf\xe9\n");
  EXPECT_THAT(fault, StartsWith("l.txt:2: "));
  EXPECT_THAT(fault, HasSubstr("save the file as UTF-8"));
}

TEST(Labels, MustBeThere) {
  for (const std::string_view text : {"", "\n", "\r\n", "\xef\xbb\xbf"})
    EXPECT_THAT(fault_in(text), StartsWith("l.txt:1: there is no label"));
}

TEST(Labels, AreLimitedInNumber) {
  std::string text;
  for (std::size_t i = 0; i < kMostLabels; ++i) text += "x\n";
  EXPECT_EQ(labels_in(text).size(), kMostLabels);
  EXPECT_THAT(fault_in(text + "one more\n"), StartsWith("l.txt:100001: "));
}

TEST(Labels, AreReadFromARegularFileThatIsNotTooLong) {
  const TemporaryFolder folder;
  const Result<std::vector<std::string>> labels = read_labels(folder.with("l.txt", "cat\ndog\n"));
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_THAT(*labels, ElementsAre("cat", "dog"));

  const Result<std::vector<std::string>> none = read_labels((folder / "none.txt").string());
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("none.txt"));

  const std::string wrong = folder.with("wrong.txt", "\xff\n");
  const Result<std::vector<std::string>> unreadable = read_labels(wrong);
  ASSERT_FALSE(unreadable);
  EXPECT_THAT(unreadable.error().message, StartsWith(wrong + ":1: "));

  const Result<std::vector<std::string>> long_file =
      read_labels(folder.with("long.txt", std::string(kLongestLabels.count + 1, 'x')));
  ASSERT_FALSE(long_file);
  EXPECT_EQ(long_file.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline::task
