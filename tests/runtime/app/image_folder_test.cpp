#include "runtime/app/modes/image_folder.h"

#include "tests/support/boxes_network.h"
#include "tests/support/images.h"
#include "tests/support/lenet.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <memory>

namespace tideline::modes {
namespace {

using ::testing::HasSubstr;

class ImageFolder : public testing::Test {
 protected:
  Result<engine::SampleInputs> read(std::uint32_t most = 200) const {
    return read_labelled_folder(folder_ / "", named_, most);
  }
  std::string fault() const {
    const auto inputs = read();
    EXPECT_FALSE(inputs);
    return inputs ? "" : inputs.error().message;
  }
  void add(const std::string& name, const std::string& text) const { static_cast<void>(folder_.with(name, text)); }

  // Two images, and labels of these lines.
  std::string fault_of(const std::string& lines) const {
    add("a.jpg", text_of(drawn_jpeg(80, 90)));
    add("b.jpg", text_of(drawn_jpeg(90, 80)));
    add("labels.csv", "file,class\n" + lines);
    return fault();
  }

  const TemporaryFolder folder_;
  NamedModel named_{"digits", lenet(), grey_digits(), std::make_shared<task::Task>()};
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
  EXPECT_EQ(inputs->labelled(), 1u);
  const auto without = read_image_folder(folder_ / "", grey_digits(), 200);
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_EQ(without->labelled(), 0u) << "where nobody asks for labels";
}

TEST_F(ImageFolder, WithoutAnImageOrWithABrokenOneIsRefused) {
  EXPECT_THAT(fault(), HasSubstr("name a folder of images"));
  add("broken.png", "no image");
  EXPECT_THAT(fault(), HasSubstr("broken.png: "));
  EXPECT_FALSE(read_image_folder(folder_ / "missing", grey_digits(), 1));
}

TEST_F(ImageFolder, ReadsAtMostSoManyImagesOfWhichOneHasALabel) {
  EXPECT_THAT(fault_of(""), HasSubstr("labels.csv: no image has a label"));
  add("labels.csv", "file,class\nb.jpg,3\n");
  const auto one = read(1);
  ASSERT_FALSE(one);
  EXPECT_THAT(one.error().message, HasSubstr("none of the 1 images that are read has a label"));
  EXPECT_EQ(read(2)->text(), "2 images, 1 of them labelled");
  add("labels.csv", "file,class\nb.jpg,3\na.jpg,0\n");
  EXPECT_EQ(read(1)->text(), "1 labelled images");
}

TEST_F(ImageFolder, WithLabelsThatDoNotFitIsRefused) {
  EXPECT_THAT(fault_of("c.jpg,3\n"), HasSubstr("labels.csv: there is no image 'c.jpg' beside it"));
  EXPECT_THAT(fault_of("a.jpg,10\n"), HasSubstr("labels.csv: 2: there is no class 10; the network has classes 0 to 9"));
  EXPECT_THAT(fault_of("a.jpg,seven\n"), HasSubstr("labels.csv: 2: no class is called 'seven'"));
  add("labels.csv", "b.jpg,3\n");
  EXPECT_THAT(fault(), HasSubstr("labels.csv: 1: 'b.jpg,3' is not the first line of labels"));
  add("labels.csv", "");
  EXPECT_THAT(fault(), HasSubstr("labels.csv: the file is empty"));
}

TEST_F(ImageFolder, WithLabelsOfANetworkWhoseAnswersAreNotClassesIsRefused) {
  named_.model = boxes_network();
  EXPECT_THAT(fault_of("a.jpg,1\n"), HasSubstr("labels.csv: digits returns fp32[1,4,6], and not one number per class"));
}

TEST_F(ImageFolder, TakesTheNamesOfTheModelsClasses) {
  auto task = std::make_shared<task::Task>();
  task->labels = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  named_.task = task;
  EXPECT_THAT(fault_of("a.jpg,seven\nb.jpg,ten\n"), HasSubstr("labels.csv: 3: no class is called 'ten'"));
  add("labels.csv", "file,label\na.jpg,seven\nb.jpg,2\n");
  const auto inputs = read();
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(inputs->classes(0), std::set<std::uint32_t>{7});
  EXPECT_EQ(inputs->text(), "2 labelled images");
}

TEST_F(ImageFolder, OfADetectorNeedsNoLabels) {
  auto task = std::make_shared<task::Task>();
  task->detector = task::Detector{};
  named_.task = task;
  add("a.jpg", text_of(drawn_jpeg(80, 90)));
  add("labels.csv", "a.jpg has two cars");
  const auto inputs = read();
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_EQ(inputs->text(), "1 images");
}

}  // namespace
}  // namespace tideline::modes
