// --sequence: the frames over which bytes in a stream are measured.
#include "runtime/app/modes/sequence.h"

#include "tests/support/agent.h"
#include "tests/support/images.h"

#include <gmock/gmock.h>

namespace tideline::modes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Sequence : public testing::Test {
 protected:
  void add(const std::string& name, unsigned seed) const {
    static_cast<void>(folder_.with(name, text_of(drawn_jpeg(120, 90, seed))));
  }
  Result<std::optional<engine::SampleInputs>> read(std::shared_ptr<const codec::ImageInput> taken) const {
    return read_sequence(config(), {.name = "lenet", .image = std::move(taken)});
  }
  config::Config config() const {
    config::Config asked;
    asked.profile.sequence = (folder_ / "").string();
    return asked;
  }
  // agent --inspect with these arguments more.
  Ran inspect(std::vector<std::string> more) const {
    std::vector<std::string> all{TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file()};
    all.insert(all.end(), more.begin(), more.end());
    return run_agent(all);
  }

  const TemporaryFolder folder_;
  const std::vector<std::string> kGrey{"--image", "lenet=raw", "--image", "lenet.colour=grey"};
};

TEST_F(Sequence, IsReadByTheOrderOfNames) {
  add("2.jpg", 7);
  add("1.jpg", 3);
  const auto frames = read(grey_digits());
  ASSERT_TRUE(frames) << frames.error().message;
  ASSERT_TRUE(*frames);
  EXPECT_EQ(sequence_text(*frames), "2 frames");
  EXPECT_EQ(text_of((*frames)->at(0).files()[0]), text_of(drawn_jpeg(120, 90, 3)));
}

TEST_F(Sequence, OfFewerThanTwoImagesIsRefused) {
  EXPECT_THAT(read(grey_digits()).error().message, HasSubstr("name a folder of images"));
  add("1.jpg", 1);
  EXPECT_THAT(read(grey_digits()).error().message,
              HasSubstr("one image is no sequence, which --sequence needs; name a folder of two frames or more"));
}

TEST_F(Sequence, OfAModelThatTakesNoImagesIsRefused) {
  add("1.jpg", 1);
  add("2.jpg", 2);
  EXPECT_EQ(read(nullptr).error().message,
            "lenet takes no images, which --sequence names; say how it takes them with --image lenet=PRESET");
}

TEST_F(Sequence, WithoutACodecOfStepsIsRefused) {
  EXPECT_THAT(check_steps(config(), std::vector<plan::Plan>{{"m", 1, plan::Codec::fp32}}).error().message,
              HasSubstr("no plan has a codec of steps (q64 to q1), which --sequence measures; choose cuts and codecs"));
  EXPECT_TRUE(check_steps(config(), std::vector<plan::Plan>{{"m", 1, plan::Codec::q2}}));
  EXPECT_TRUE(check_steps({}, std::vector<plan::Plan>{{"m", 1, plan::Codec::fp32}})) << "there is no sequence";
}

TEST_F(Sequence, ThatIsNotAskedForIsNone) {
  const auto none = read_sequence({}, {.name = "lenet"});
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_EQ(sequence_text(*none), "");
}

TEST_F(Sequence, GivesInspectAColumnOfBytesInAStream) {
  for (const std::string name : {"1.jpg", "2.jpg", "3.jpg"}) add(name, 1);
  std::vector<std::string> arguments{"--verify", "--sequence", (folder_ / "").string()};
  arguments.insert(arguments.end(), kGrey.begin(), kGrey.end());
  const Ran with = inspect(arguments);
  ASSERT_EQ(with.code, 0) << with.err;
  EXPECT_THAT(with.out, HasSubstr("codecs over 3 images; in a stream over 3 frames\n"));
  EXPECT_THAT(with.out, HasSubstr("bytes     stream     top-1"));
  arguments[1] = "--inputs";
  const Ran without = inspect(arguments);
  ASSERT_EQ(without.code, 0) << without.err;
  EXPECT_THAT(without.out, HasSubstr("codecs over 3 images\n"));
  EXPECT_THAT(without.out, Not(HasSubstr("stream")));
}

TEST_F(Sequence, NeedsInspectToVerifyAndToTakeImages) {
  add("1.jpg", 1);
  add("2.jpg", 2);
  const Ran ran = inspect({"--verify", "--sequence", (folder_ / "").string()});
  EXPECT_EQ(ran.code, 66);
  EXPECT_THAT(ran.err, HasSubstr("--sequence compares codecs over images: it needs --verify"));
}

}  // namespace
}  // namespace tideline::modes
