// Each door for inferences passes the stream that a request names to the engine.
#include "runtime/http/service.h"
#include "tests/runtime/http/golden.h"
#include "tests/support/boxes_network.h"
#include "tests/support/lenet.h"
#include "tests/support/scripted_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A model of digits and one of boxes, whose tails a scripted cloud runs. It notes whether requests belong to streams.
struct Streams {
  std::unique_ptr<engine::Engine> engine(const std::string& name, const std::shared_ptr<const model::Model>& model,
                                         const image::Preparation& preparation) {
    auto image = std::make_shared<const codec::ImageInput>(codec::ImageInput{preparation, {}});
    auto started = engine::Engine::start(name,
                                         {.model = model,
                                          .image = std::move(image),
                                          .link = &link,
                                          .compute = &gate,
                                          .patience = std::chrono::seconds(30)},
                                         {model->digest(), 0, plan::Codec::q8});
    EXPECT_TRUE(started) << started.error().message;
    return *std::move(started);
  }
  std::optional<Result<wire::TailAnswer>> answer(const wire::TailRequest& asked) {
    in_stream = asked.place.has_value();
    return Result<wire::TailAnswer>(
        wire::TailAnswer{.outputs = model::random_tensors(asked.outputs, 1), .arrived = Clock::now()});
  }
  static image::Preparation grey(std::int32_t width, std::int32_t height) {
    image::Preparation preparation = *image::preset("raw", width, height);
    preparation.colour = image::Colour::grey;
    return preparation;
  }
  HttpResponse ask(std::string path, std::string query, std::string body, const std::string& type) {
    HttpRequest request{.method = "POST", .path = std::move(path), .query = std::move(query), .body = std::move(body)};
    request.headers[type == "raw" ? "inference-header-content-length" : "content-type"] = type == "raw" ? "0" : type;
    in_stream.reset();
    return service.handle(std::move(request));
  }

  std::optional<bool> in_stream;  // Of the last request that was sent to the cloud.
  ScriptedLink link{[this](const wire::TailRequest& asked, TimePoint) { return answer(asked); }};
  Gate gate{1};
  const image::Preparation small = grey(28, 28);
  const image::Preparation tiny = grey(6, 4);
  const std::shared_ptr<const model::Model> boxes_model = boxes_network();
  const std::unique_ptr<engine::Engine> digits = engine("digits", lenet(), small);
  const std::unique_ptr<engine::Engine> boxes = engine("boxes", boxes_model, tiny);
  const task::Task telling{.kind = task::Kind::classify, .labels = {}};
  const task::Task finding =
      *task::fitted({.kind = task::Kind::detect, .labels = {"person", "car"}}, boxes_model->outputs(), 6, 4);
  Metrics metrics{{.version = "1"}};
  Service service{
      "1", {{digits.get(), nullptr, {&small, &telling}}, {boxes.get(), nullptr, {&tiny, &finding}}}, nullptr, metrics};
};

std::string raw_picture() {
  return std::string(28 * 28 * sizeof(float), '\x3e');
}

TEST(StreamDoors, ABodyWithoutJsonTakesItsStreamFromTheUrl) {
  Streams the;
  const std::string photo = golden("photo.png");
  const std::string form = fmt::format(
      "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"f\"\r\nContent-Type: "
      "image/png\r\n\r\n{}\r\n--b--\r\n",
      golden("boxes.png"));
  const struct {
    const char* path;
    std::string body;
    const char* type;
  } doors[] = {{"/v2/models/digits/infer", photo, "image/png"},
               {"/v2/models/digits/infer", raw_picture(), "raw"},
               {"/predictions/digits", photo, "image/png"},
               {"/v1/vision/detection", form, "multipart/form-data; boundary=b"},
               {"/v1/vision/custom/boxes", form, "multipart/form-data; boundary=b"}};
  for (const auto& [path, body, type] : doors) {
    EXPECT_EQ(the.ask(path, "", body, type).status, 200) << path;
    EXPECT_EQ(the.in_stream, false) << path;
    EXPECT_EQ(the.ask(path, "sequence_id=7", body, type).status, 200) << path;
    EXPECT_EQ(the.in_stream, true) << path;
    const HttpResponse refused = the.ask(path, "sequence_id=7&sequence_end=maybe", body, type);
    EXPECT_EQ(refused.status, 400) << path;
    EXPECT_THAT(refused.body, HasSubstr("parameter 'sequence_end' is neither true nor false")) << path;
  }
}

TEST(StreamDoors, ABodyOfJsonNamesItsStreamItself) {
  Streams the;
  json body = {{"inputs",
                {{{"name", lenet()->inputs()[0].name},
                  {"datatype", "FP32"},
                  {"shape", {1, 1, 28, 28}},
                  {"data", std::vector<float>(28 * 28, 0.5F)}}}}};
  EXPECT_EQ(the.ask("/v2/models/digits/infer", "sequence_id=7", body.dump(), "application/json").status, 200);
  EXPECT_EQ(the.in_stream, false);
  body["parameters"] = {{"sequence_id", 7}};
  EXPECT_EQ(the.ask("/v2/models/digits/infer", "", body.dump(), "application/json").status, 200);
  EXPECT_EQ(the.in_stream, true);
}

}  // namespace
}  // namespace tideline::http
