#include "runtime/app/modes/image_folder.h"

#include "tests/support/images.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

namespace tideline::modes {
namespace {

using ::testing::HasSubstr;

class ImageFolder : public testing::Test {
 protected:
  Result<engine::SampleInputs> read(std::uint32_t most = 200) const {
    return read_image_folder(folder_ / "", grey_digits(), most);
  }
  std::string fault() const {
    const auto inputs = read();
    EXPECT_FALSE(inputs);
    return inputs ? "" : inputs.error().message;
  }
  void add(const std::string& name, const std::string& text) const { static_cast<void>(folder_.with(name, text)); }

  const TemporaryFolder folder_;
};

TEST_F(ImageFolder, IsReadByTheOrderOfNamesWithTheClassesOfItsLabels) {
  add("b.JPG", text_of(drawn_jpeg(120, 90, 1)));
  add("a.jpeg", text_of(drawn_jpeg(80, 90, 2)));
  add("notes.txt", "no image");
  add("labels.csv", "file,class\nb.JPG,3\nb.JPG,5\n");
  const auto inputs = read();
  ASSERT_TRUE(inputs) << inputs.error().message;
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ(inputs->classes(0), std::set<std::uint32_t>{});
  EXPECT_EQ(inputs->classes(1), (std::set<std::uint32_t>{3, 5}));
  EXPECT_EQ(read(1)->size(), 1u);
}

TEST_F(ImageFolder, WithoutAnImageOrWithABrokenOneIsRefused) {
  EXPECT_THAT(fault(), HasSubstr("name a folder of images"));
  add("broken.png", "no image");
  EXPECT_THAT(fault(), HasSubstr("broken.png: "));
  EXPECT_FALSE(read_image_folder(folder_ / "missing", grey_digits(), 1));
}

TEST_F(ImageFolder, WithLabelsOfAFileThatIsNotThereIsRefused) {
  add("a.jpg", text_of(drawn_jpeg(80, 90)));
  add("labels.csv", "file,class\nb.jpg,3\n");
  EXPECT_THAT(fault(), HasSubstr("labels.csv: there is no image 'b.jpg' beside it"));
  add("labels.csv", "b.jpg,3\n");
  EXPECT_THAT(fault(), HasSubstr("labels.csv: 1: the first line must be 'file,class'"));
}

}  // namespace
}  // namespace tideline::modes
