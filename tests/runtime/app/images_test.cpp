// Edge and cloud as processes, asked with image files.
#include "tests/support/images.h"

#include "tests/runtime/app/client.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kGrey{"--image",           "lenet=raw", "--image",
                                     "lenet.colour=grey", "--image",   "lenet.scale=0.00392156862745098"};

std::vector<std::string> grey_and(std::vector<std::string> more) {
  more.insert(more.begin(), kGrey.begin(), kGrey.end());
  return more;
}

Answer infer_image(std::uint16_t port, const std::string& file) {
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(std::chrono::seconds(30));
  const auto response = client.Post(kInfer, file, "image/jpeg");
  if (!response) return {};
  const json parsed = json::parse(response->body);
  if (response->status != 200) return {response->status, parsed, {}};
  return {200, parsed["parameters"], parsed["outputs"][0]["data"]};
}

TEST(ImagesOfAnAgent, GetTheSameAnswerAsFileAsPixelsAndAtTheEdge) {
  const std::string file = text_of(drawn_jpeg(320, 240));
  const RunningAgent cloud = start_cloud(grey_and({"--http", "127.0.0.1:0"}));
  const RunningAgent alone = start_edge(kGrey);
  const Answer expected = infer_image(alone.port, file);
  ASSERT_EQ(expected.status, 200) << expected.parameters;
  EXPECT_EQ(expected.parameters["placement"], "edge");
  for (const std::string codec : {"source", "u8"}) {
    const RunningAgent edge =
        start_edge(grey_and({"--peer", local_address(cloud.port), "--cut", "0", "--codec", codec}));
    Answer answer;
    ASSERT_TRUE(eventually([&] {
      answer = infer_image(edge.port, file);
      return answer.parameters["placement"] == "cloud";
    })) << edge.child->err();
    EXPECT_EQ(answer.parameters["codec"], codec);
    EXPECT_EQ(answer.data, expected.data);
  }
}

TEST(ImagesOfAnAgent, AreServedByTheEdgeIfTheCloudPreparesThemInAnotherWay) {
  const RunningAgent cloud = start_cloud(grey_and({"--image", "lenet.fit=letterbox"}));
  const RunningAgent edge = start_edge(grey_and({"--peer", local_address(cloud.port), "--cut", "0", "--codec", "u8"}));
  EXPECT_TRUE(eventually([&] {
    return edge.child->err().find("holds the file of lenet, but with other cuts or images") != std::string::npos;
  })) << edge.child->err();
  const Answer answer = infer_image(edge.port, text_of(drawn_jpeg(64, 64)));
  EXPECT_EQ(answer.status, 200) << answer.parameters;
  EXPECT_TRUE(answer.parameters["placement"] == "edge" || answer.parameters["placement"] == "fallback");
}

TEST(ImagesOfAnAgent, CannotCrossIfTheModelTakesTensors) {
  const Ran ran = run_agent({TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "--peer", "127.0.0.1:1",
                             "--cut", "0", "--codec", "source", "--http", "127.0.0.1:0"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("is for cut 0 of a model with --image"));
}

}  // namespace
}  // namespace tideline
