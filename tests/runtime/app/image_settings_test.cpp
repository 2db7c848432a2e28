#include "runtime/app/config/image_settings.h"

#include "runtime/app/config/settings.h"
#include "runtime/app/modes/image_of_model.h"
#include "runtime/model/api/model.h"
#include "tests/support/agent.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tideline::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const TensorSpec kPhoto{"x", DType::fp32, {1, 3, 224, 224}};

Result<Config> read(const std::string& text) {
  const TemporaryFolder folder;
  Config config;
  if (const auto read = read_config_file(folder.with("edge.toml", text), config); !read) return read.error();
  return config;
}

std::string refusal(const std::string& text) {
  const auto config = read(text);
  EXPECT_FALSE(config) << text;
  return config ? "" : config.error().message;
}

TEST(ImageSettings, OfAPresetTakeTheSizeOfTheInput) {
  ImageSettings settings;
  ASSERT_TRUE(set_image(settings, "preset", "imagenet"));
  const auto made = preparation_of(settings, kPhoto);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->width, 224);
  EXPECT_EQ(made->resize_to, 256);
  EXPECT_EQ(made->fit, image::Fit::crop);
}

TEST(ImageSettings, ReplaceSingleValuesOfAPreset) {
  const auto config = read(R"(
[images.cam]
preset = "imagenet"
fit = "stretch"
mean = [0.5, 0.25, 0]
std = 0.5
labels = "classes.txt"
task = "classify"
)");
  ASSERT_TRUE(config) << config.error().message;
  const ImageSettings& settings = config->images.at("cam");
  EXPECT_EQ(settings.labels, "classes.txt");
  EXPECT_EQ(settings.task, task::Kind::classify);
  const auto made = preparation_of(settings, kPhoto);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->fit, image::Fit::stretch);
  EXPECT_EQ(made->mean, (std::array<double, 3>{0.5, 0.25, 0}));
  EXPECT_EQ(made->std, (std::array<double, 3>{0.5, 0.5, 0.5}));
  EXPECT_DOUBLE_EQ(made->scale, 1.0 / 255);
}

TEST(ImageSettings, AreReadFromOneWordToo) {
  const auto config = read("[images]\ncam = \"yolo\"\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->images.at("cam").preset, "yolo");
}

TEST(ImageSettings, SayWhatIsWrongAndWhere) {
  EXPECT_THAT(refusal("[images]\ncam = \"coco\"\n"),
              AllOf(HasSubstr("edge.toml:2: images.cam: 'coco' is not a preset; use one of imagenet")));
  EXPECT_THAT(refusal("[images.cam]\nfit = \"squeeze\"\n"), HasSubstr("edge.toml:2: images.cam.fit: "));
  EXPECT_THAT(refusal("[images.cam]\nmean = [1, 2]\n"), HasSubstr("is neither one number nor three"));
  EXPECT_THAT(refusal("[images.cam]\nborder = 256\n"), HasSubstr("'256' is not a number from 0 to 255"));
  EXPECT_THAT(refusal("[images.cam]\nwidth = 0\n"), HasSubstr("'0' is not a number from 1 to "));
  EXPECT_THAT(refusal("[images.cam]\ntask = \"segment\"\n"), HasSubstr("images.cam.task: "));
}

TEST(ImageSettings, AreOfAModelThatThereIs) {
  const auto config = read("[models]\nalexnet = \"a.pt\"\n[images.cam]\nfit = \"crop\"\n");
  ASSERT_TRUE(config);
  const auto known = check_names(*config);
  ASSERT_FALSE(known);
  EXPECT_THAT(known.error().message, HasSubstr("images.cam.fit (--image): there is no such model"));
  EXPECT_TRUE(check_names(*read("[models]\ncam = \"a.pt\"\n[images.cam]\nfit = \"crop\"\n")));
}

TEST(ImageSettings, OfTheFileAreReplacedOneByOne) {
  Config config;
  ASSERT_TRUE(set_image(config.images["cam"], "fit", "stretch"));
  const auto settings = modes::image_settings_of(config, "cam", R"({"preset": "keras", "mean": [0.5, 0.5, 0.5]})");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_TRUE(*settings);
  EXPECT_EQ((*settings)->preset, "keras");
  EXPECT_EQ((*settings)->fit, image::Fit::stretch);
  EXPECT_EQ((*settings)->mean, (std::array<double, 3>{0.5, 0.5, 0.5}));
}

TEST(ImageSettings, OfTheFileAreCheckedLikeOthers) {
  for (const char* text : {"[]", "3", "{", R"({"preset": "coco"})", R"({"shape": 3})", R"({"mean": {}})"}) {
    const auto settings = modes::image_settings_of({}, "cam", text);
    ASSERT_FALSE(settings) << text;
    EXPECT_THAT(settings.error().message, HasSubstr("image.json in the file")) << text;
  }
}

TEST(ImageSettings, OfANetworkThatTakesNoImageAreRefused) {
  ImageSettings settings;
  ASSERT_TRUE(set_image(settings, "preset", "imagenet"));
  EXPECT_FALSE(preparation_of(settings, {"x", DType::fp32, {1, 10}}));
  EXPECT_FALSE(preparation_of(settings, {"x", DType::fp32, {1, 1, 28, 28}})) << "a grey input needs colour = grey";
  const std::vector<TensorSpec> two{kPhoto, kPhoto};
  EXPECT_FALSE(modes::image_input_of(settings, two));
}

TEST(ImageSettings, BelongToTheModelsDigest) {
  const auto digest = [](std::vector<std::string> images) {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--inspect", "--json", "--model", "lenet=" + lenet_file()};
    for (std::string& image : images) arguments.insert(arguments.end(), {"--image", std::move(image)});
    const Ran ran = run_agent(std::move(arguments));
    EXPECT_EQ(ran.code, 0) << ran.err;
    return nlohmann::json::parse(ran.out)["digest"].get<std::string>();
  };
  const std::string plain = digest({}), raw = digest({"lenet=raw", "lenet.colour=grey"});
  EXPECT_NE(raw, plain);
  EXPECT_EQ(digest({"lenet=raw", "lenet.colour=grey", "lenet.width=28"}), raw) << "the same, spelled out";
  EXPECT_NE(digest({"lenet=raw", "lenet.colour=grey", "lenet.fit=letterbox"}), raw);
  EXPECT_TRUE(model::of_one_file(raw, plain));
}

}  // namespace
}  // namespace tideline::config
