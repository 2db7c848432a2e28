#include "runtime/base/file.h"

#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace tideline {
namespace {

using testing::HasSubstr;

std::string refusal(const std::filesystem::path& file, Bytes most = 1_KiB) {
  const auto text = read_regular(file, most);
  const auto good = check_regular(file, most);
  if (text || good) return "taken";
  EXPECT_EQ(text.error().kind, ErrorKind::invalid);
  EXPECT_EQ(text.error().message, good.error().message);
  EXPECT_THAT(text.error().message, HasSubstr(file.string()));
  return text.error().message;
}

TEST(File, IsReadWhole) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0, 1, 1023, 1024}) {
    const std::string text(size, 'x');
    const std::string file = folder.with("text", text);
    EXPECT_TRUE(check_regular(file, 1_KiB));
    const auto read = read_regular(file, 1_KiB);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, text);
  }
  std::filesystem::create_symlink(folder / "text", folder / "link");
  EXPECT_TRUE(read_regular(folder / "link", 1_KiB));
}

TEST(File, OfTheKernelThatSaysItIsEmptyIsReadToItsEnd) {
  const auto read = read_regular("/proc/self/status", 1_MiB);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(*read, HasSubstr("VmRSS"));
  EXPECT_THAT(read_regular("/proc/self/status", Bytes{10}).error().message, HasSubstr("is longer than 10 B"));
}

TEST(File, ThatIsTooLongIsNotRead) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal(folder.with("long", std::string(1025, 'x'))), HasSubstr("is longer than 1 KiB"));
}

TEST(File, ThatIsNoneIsRefusedAndNeverWaitedFor) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal(folder / "nothing"), HasSubstr("No such file"));
  EXPECT_THAT(refusal(folder / ""), HasSubstr("is a folder, not a regular file"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("is a pipe, socket or device"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "pipe"), HasSubstr("is a pipe, socket or device"));
  std::filesystem::create_symlink(folder / "pipe", folder / "link");
  EXPECT_THAT(refusal(folder / "link"), HasSubstr("is a pipe, socket or device"));
  std::filesystem::create_symlink(folder / "loop", folder / "loop");
  EXPECT_THAT(refusal(folder / "loop"), HasSubstr("Too many levels of symbolic links"));
}

}  // namespace
}  // namespace tideline
