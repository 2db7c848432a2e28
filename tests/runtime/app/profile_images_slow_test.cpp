// agent --profile with images between real processes.
#include "policy/table/table_json.h"
#include "runtime/base/file.h"
#include "runtime/image/recompress.h"
#include "tests/runtime/app/client.h"
#include "tests/support/agent.h"
#include "tests/support/boxes_network.h"
#include "tests/support/images.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>

namespace tideline {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kGrey{"--image", "lenet=raw", "--image", "lenet.colour=grey"};

class ProfileImages : public testing::Test {
 protected:
  // Profiles cuts 0, 2 and edge-only.
  Ran profile(std::vector<std::string> more) const {
    std::vector<std::string> all{TIDELINE_AGENT, "--profile",
                                 "--model",      "lenet=" + lenet_file(),
                                 "--peer",       "127.0.0.1:" + std::to_string(cloud_.port),
                                 "--threads",    "1",
                                 "--grid",       grid_,
                                 "--samples",    samples_,
                                 "--table",      table_,
                                 "--cuts",       "0,2"};
    all.insert(all.end(), kGrey.begin(), kGrey.end());
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  table::PartitionTable table() const {
    auto parsed = table::parse_table(*read_regular(table_, 256_MiB));
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *std::move(parsed);
  }

  const TemporaryFolder folder_;
  const TemporaryFolder photos_;
  const std::string grid_ = folder_.with("grid.toml", "uplink = [\"20 Mbit/s\"]\n");
  const std::string samples_ = (folder_ / "samples.jsonl").string();
  const std::string table_ = (folder_ / "table.json").string();
  const RunningAgent cloud_ = start_cloud(kGrey);
};

TEST_F(ProfileImages, OfAFolderAreWhatCrossesAtCutZero) {
  std::uint64_t bytes = 0;
  for (unsigned i = 0; i < 3; ++i) {
    const std::string file = text_of(drawn_jpeg(160, 120, i));
    bytes += file.size() + 4;
    static_cast<void>(photos_.with("photo" + std::to_string(i) + ".jpg", file));
  }
  const Ran ran = profile({"--inputs", (photos_ / "").string(), "--min-top1", "1 %", "--repetitions", "3"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("measured over 3 images"));
  const table::PartitionTable measured = table();
  EXPECT_EQ(measured.origin().inputs, "3 images");
  const table::Cell& cell = measured.unstressed();
  ASSERT_EQ(cell.estimates.size(), plan::image_codecs().size() + plan::tensor_codecs().size() + 1);
  const auto at_zero = [&](plan::Codec codec) { return *cell.find({measured.origin().model, 0, codec}); };
  EXPECT_NEAR(static_cast<double>(at_zero(plan::Codec::source).wire.count), static_cast<double>(bytes) / 3, 1);
  EXPECT_EQ(at_zero(plan::Codec::u8).wire.count, 28u * 28u);
  for (const plan::Codec codec : plan::image_codecs()) {
    ASSERT_TRUE(at_zero(codec).agreement) << name(codec);
    EXPECT_EQ(at_zero(codec).agreement->inputs, 3u);
    EXPECT_EQ(at_zero(codec).agreement->max_error > 0, !is_lossless(codec)) << name(codec);
  }
}

// Without a limit of accuracy.
TEST_F(ProfileImages, OfAFolderShowWhichStepsAreAccurateEnoughIfThereAreAHundred) {
  for (unsigned i = 0; i < 99; ++i)
    static_cast<void>(photos_.with("photo" + std::to_string(i) + ".jpg", text_of(drawn_jpeg(40, 30, i))));
  const std::vector<std::string> more{"--inputs", (photos_ / "").string(), "--repetitions", "1"};
  const Ran few = profile(more);
  ASSERT_EQ(few.code, 0) << few.err;
  EXPECT_THAT(few.out, HasSubstr("default: no steps, as they need 100 real inputs and were measured over 99"));
  const auto steps = static_cast<std::size_t>(std::ranges::count_if(plan::tensor_codecs(), plan::is_of_steps));
  EXPECT_EQ(table().unstressed().estimates.size(), 4 + steps) << "source and u8, cut 2 in fp32 and steps, edge-only";
  std::vector<std::string> serving{"--table", "lenet=" + table_, "--peer", "127.0.0.1:" + std::to_string(cloud_.port)};
  serving.insert(serving.end(), kGrey.begin(), kGrey.end());
  {
    const RunningAgent edge = start_edge(serving);
    EXPECT_TRUE(edge.child->says("were measured over 99; only plans that lose nothing are served"))
        << edge.child->err();
  }
  static_cast<void>(photos_.with("photo99.jpg", text_of(drawn_jpeg(40, 30, 99))));
  std::filesystem::remove(samples_);
  const Ran enough = profile(more);
  ASSERT_EQ(enough.code, 0) << enough.err;
  EXPECT_THAT(enough.out, HasSubstr("default: top-1 at least 99 % over 100 inputs; cut 2 up to "));
  const RunningAgent edge = start_edge(serving);
  EXPECT_EQ(status(edge.port)["models"][0]["accuracy"], "default: top-1 at least 99 % over 100 inputs");
}

// Two of the three images have a label: whatever the network says of them is right.
TEST_F(ProfileImages, OfAFolderWithLabelsSayHowManyAnswersAreRight) {
  std::string labels = "file,label\n";
  for (unsigned i = 0; i < 3; ++i) {
    const std::string file = "photo" + std::to_string(i) + ".jpg";
    static_cast<void>(photos_.with(file, text_of(drawn_jpeg(160, 120, i))));
    for (int right = 0; i < 2 && right < 10; ++right) labels += file + "," + std::to_string(right) + "\n";
  }
  static_cast<void>(photos_.with("labels.csv", labels));
  const std::vector<std::string> more{"--inputs", (photos_ / "").string(), "--min-accuracy",
                                      "90 %",     "--repetitions",         "1"};
  const Ran ran = profile(more);
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err,
              HasSubstr("1 of 3 images have no label: they count for the agreement, and not for the accuracy"));
  EXPECT_THAT(ran.out, HasSubstr("right answers over 2 labelled images (95 % interval); the whole network in fp32: "
                                 "top-1 100.0 % (34.2 to 100.0)"));
  const table::PartitionTable measured = table();
  EXPECT_EQ(measured.origin().inputs, "3 images, 2 of them labelled");
  const auto estimates = measured.unstressed().estimates;
  EXPECT_EQ(estimates.size(), plan::image_codecs().size() + plan::tensor_codecs().size() + 1)
      << "the limit bounds what lossy codecs lose";
  for (const table::Estimate& e : estimates) {
    ASSERT_TRUE(e.agreement) << e.plan.cut << name(e.plan.codec);
    EXPECT_EQ(e.agreement->accuracy, (plan::Accuracy{2, 2, 2, 2, 2})) << e.plan.cut << name(e.plan.codec);
  }
  std::vector<std::string> serving{
      "--table", "lenet=" + table_, "--peer", "127.0.0.1:" + std::to_string(cloud_.port), "--min-accuracy", "90 %"};
  serving.insert(serving.end(), kGrey.begin(), kGrey.end());
  const RunningAgent edge = start_edge(serving);
  const auto model = status(edge.port)["models"][0];
  EXPECT_EQ(model["accuracy"], "accuracy at least 90 %");
  ASSERT_FALSE(model["predictions"].empty());
  EXPECT_EQ(model["predictions"][0]["agreement"]["accuracy"],
            nlohmann::json({{"labelled", 2}, {"top1", 2}, {"top5", 2}, {"whole_top1", 2}, {"whole_top5", 2}}));
  EXPECT_EQ(model["predictions"][0]["agreement"]["boxes"], nullptr);
}

TEST_F(ProfileImages, OfAFolderWithWrongLabelsAreRefusedBeforeAnythingIsMeasured) {
  static_cast<void>(photos_.with("photo.jpg", text_of(drawn_jpeg(160, 120))));
  static_cast<void>(photos_.with("labels.csv", "file,label\nphoto.jpg,10\n"));
  const Ran ran = profile({"--inputs", (photos_ / "").string()});
  EXPECT_EQ(ran.code, 66);
  EXPECT_THAT(ran.err, HasSubstr("labels.csv: 2: there is no class 10; the network has classes 0 to 9"));
  EXPECT_FALSE(std::filesystem::exists(samples_));
}

// A grey image of 6 x 4 pixels, whose rows are boxes: x_min, y_min, x_max, y_max, score and class.
std::string image_of_boxes() {
  const std::vector<int> row{10, 10, 200, 200, 250, 3};
  std::vector<std::byte> pixels;
  for (std::size_t i = 0; i < std::size_t{4} * 6 * 3; ++i) pixels.push_back(static_cast<std::byte>(row[i / 3 % 6]));
  return text_of(*image::encode_jpeg(Tensor::copy_of(DType::uint8, {4, 6, 3}, pixels), 95));
}

TEST(ProfileBoxes, OfADetectorSayWhichOfThemEachPlanKeepsWithoutLabels) {
  const TemporaryFolder folder, photos;
  write_boxes_network(folder / "boxes.pt");
  static_cast<void>(photos.with("photo.jpg", image_of_boxes()));
  static_cast<void>(photos.with("labels.csv", "these are not needed"));
  std::vector<std::string> model{"--model", "boxes=" + (folder / "boxes.pt").string()};
  for (const std::string set : {"boxes=raw", "boxes.colour=grey", "boxes.scale=1", "boxes.task=detect"}) {
    model.emplace_back("--image");
    model.push_back(set);
  }
  const RunningAgent cloud = start_cloud(model);
  const std::string table = (folder / "table.json").string();
  std::vector<std::string> profile{TIDELINE_AGENT, "--profile", "--peer", "127.0.0.1:" + std::to_string(cloud.port)};
  profile.insert(profile.end(), {"--grid", folder.with("grid.toml", "uplink = [\"20 Mbit/s\"]\n")});
  profile.insert(profile.end(), {"--samples", (folder / "samples.jsonl").string(), "--table", table, "--cuts", "all"});
  profile.insert(profile.end(), {"--inputs", (photos / "").string(), "--min-accuracy", "50 %", "--repetitions", "1"});
  profile.insert(profile.end(), model.begin(), model.end());
  const Ran ran = run(profile);
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("boxes: compares the boxes of every plan with those in fp32; labels are not needed"));
  EXPECT_THAT(ran.out, HasSubstr("boxes of fp32's answers that plans keep (95 % interval), of "));
  const auto measured = table::parse_table(*read_regular(table, 256_MiB));
  ASSERT_TRUE(measured) << measured.error().message;
  for (const table::Estimate& e : measured->unstressed().estimates) {
    ASSERT_TRUE(e.agreement && e.agreement->boxes) << e.plan.cut << name(e.plan.codec);
    EXPECT_FALSE(e.agreement->accuracy);
    EXPECT_GT(e.agreement->boxes->of, 0u);
    EXPECT_TRUE(!is_lossless(e.plan.codec) || e.agreement->boxes->hits == e.agreement->boxes->of) << e.plan.cut;
  }
}

TEST_F(ProfileImages, OfAClipSayWhatStepsSendInAStream) {
  for (const std::string name : {"1.jpg", "2.jpg", "3.jpg"})
    static_cast<void>(photos_.with(name, text_of(drawn_jpeg(160, 120))));
  const std::string folder = (photos_ / "").string();
  const Ran ran = profile({"--inputs", folder, "--sequence", folder, "--codecs", "fp32,q8,q2", "--repetitions", "2"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("bytes in a stream (alone), over 3 frames:\n  cut 2: q8 "));
  const table::PartitionTable measured = table();
  EXPECT_EQ(measured.origin().sequence, "3 frames");
  for (const table::Estimate& e : measured.unstressed().estimates) {
    ASSERT_EQ(e.stream.has_value(), is_of_steps(e.plan.codec)) << name(e.plan.codec);
    if (e.stream) {
      EXPECT_LT(10 * e.stream->count, e.wire.count) << "of equal frames, in " << name(e.plan.codec);
    }
  }
  const Ran other = profile({"--inputs", folder, "--codecs", "fp32,q8,q2", "--repetitions", "2", "--resume"});
  EXPECT_NE(other.code, 0);
  EXPECT_THAT(other.err, HasSubstr("sequence: the file says \"3 frames\", this campaign nothing"));
}

TEST_F(ProfileImages, OfAClipWithoutStepsAreRefused) {
  for (const std::string name : {"1.jpg", "2.jpg"})
    static_cast<void>(photos_.with(name, text_of(drawn_jpeg(160, 120))));
  const Ran ran = profile({"--sequence", (photos_ / "").string(), "--codecs", "fp32"});
  EXPECT_EQ(ran.code, 64);
  EXPECT_THAT(ran.err, HasSubstr("no plan has a codec of steps (q64 to q1), which --sequence measures"));
}

TEST_F(ProfileImages, ThatAreRandomAreSaidToMeanLittle) {
  const Ran ran = profile({"--repetitions", "2"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("measured over random images: bytes and agreement of codecs say little"));
  EXPECT_EQ(table().unstressed().estimates.size(), 4u) << "source and u8, cut 2 in fp32, edge-only";
}

TEST_F(ProfileImages, NeedAFolderThatHasSome) {
  const Ran ran = profile({"--inputs", (photos_ / "").string()});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("name a folder of images"));
}

}  // namespace
}  // namespace tideline
