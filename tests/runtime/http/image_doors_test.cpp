// The doors for images, over real networks.
#include "runtime/http/byte_elements.h"
#include "runtime/http/service.h"
#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"
#include "tests/runtime/http/shell.h"
#include "tests/support/boxes_network.h"
#include "tests/support/lenet.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

image::Preparation grey(std::int32_t width, std::int32_t height) {
  image::Preparation preparation = *image::preset("raw", width, height);
  preparation.colour = image::Colour::grey;
  return preparation;
}

std::shared_ptr<const codec::ImageInput> taking(const image::Preparation& preparation) {
  return std::make_shared<const codec::ImageInput>(codec::ImageInput{preparation, {}});
}

std::vector<std::string> digits() {
  std::vector<std::string> names;
  for (const char* name : {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"})
    names.emplace_back(name);
  return names;
}

// Three models: one that tells digits, one that finds boxes, one that takes no images.
struct Gallery {
  std::unique_ptr<engine::Engine> engine(const std::string& name, const std::shared_ptr<const model::Model>& model,
                                         std::shared_ptr<const codec::ImageInput> image) {
    auto started = engine::Engine::start(name, {.model = model, .image = std::move(image), .compute = &gate},
                                         {model->digest(), model->last_cut(), plan::Codec::fp32});
    EXPECT_TRUE(started) << started.error().message;
    return *std::move(started);
  }

  HttpResponse ask(const std::string& path, std::string body, const std::string& type, std::string method = "POST") {
    HttpRequest request{.method = std::move(method), .path = path, .body = std::move(body)};
    if (!type.empty()) request.headers["content-type"] = type;
    return service.handle(std::move(request));
  }

  Gate gate{1};
  const image::Preparation small = grey(28, 28);
  const image::Preparation tiny = grey(6, 4);
  const std::shared_ptr<const model::Model> boxes_model = boxes_network();
  const std::unique_ptr<engine::Engine> plain = engine("plain", lenet(), nullptr);
  const std::unique_ptr<engine::Engine> digit = engine("digits", lenet(), taking(small));
  const std::unique_ptr<engine::Engine> boxes = engine("boxes", boxes_model, taking(tiny));
  const task::Task telling{.kind = task::Kind::classify, .labels = digits()};
  const task::Task finding =
      *task::fitted({.kind = task::Kind::detect, .labels = {"person", "car"}}, boxes_model->outputs(), 6, 4);
  Metrics metrics{{.version = "1"}};
  Service service{
      "1",
      {{plain.get(), nullptr}, {digit.get(), nullptr, {&small, &telling}}, {boxes.get(), nullptr, {&tiny, &finding}}},
      nullptr,
      metrics};
};

class ImageDoors : public testing::Test {
 protected:
  static void SetUpTestSuite() { gallery_ = std::make_unique<Gallery>(); }
  static void TearDownTestSuite() { gallery_.reset(); }
  static Gallery& the() { return *gallery_; }

  static const std::string& photo() {
    static const std::string file = golden("photo.png");
    return file;
  }
  static std::string form(std::string_view name, std::string_view file, std::string_view more = "") {
    return fmt::format(
        "--b\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"f\"\r\nContent-Type: image/png\r\n\r\n{}\r\n"
        "{}--b--\r\n",
        name, file, more);
  }

 private:
  static std::unique_ptr<Gallery> gallery_;
};
std::unique_ptr<Gallery> ImageDoors::gallery_;

const std::string kForm = "multipart/form-data; boundary=b";

// What the network says of the photo.
std::vector<float> scores_of(const std::string& file, const image::Preparation& preparation) {
  const Tensor bytes =
      Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(file.size())}, std::as_bytes(std::span(file)));
  const auto input = codec::input_of({&bytes, 1}, {preparation, {}});
  EXPECT_TRUE(input) << input.error().message;
  const auto out = lenet()->run(lenet()->whole(), std::span(&*input, 1));
  EXPECT_TRUE(out) << out.error().message;
  return {out->front().floats().begin(), out->front().floats().end()};
}

TEST_F(ImageDoors, AnImageMayBeTheWholeBodyOfAnInference) {
  for (const char* type : {"image/png", "Image/JPEG; charset=x", "image/webp"}) {
    const HttpResponse answer = the().ask("/v2/models/digits/infer", photo(), type);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["outputs"][0]["data"].get<std::vector<float>>(),
              scores_of(photo(), the().small));
  }
}

TEST_F(ImageDoors, AnImageMayBeABytesInputAndItsAnswerClasses) {
  std::string file;
  append_sized(file, photo());
  const std::string& input = lenet()->inputs().front().name;
  const std::string& output = lenet()->outputs().front().name;
  const std::string head = json{{"inputs",
                                 {{{"name", input},
                                   {"datatype", "BYTES"},
                                   {"shape", {1}},
                                   {"parameters", {{"binary_data_size", file.size()}}}}}},
                                {"outputs", {{{"name", output}, {"parameters", {{"classification", 2}}}}}}}
                               .dump();
  HttpRequest request{.method = "POST", .path = "/v2/models/digits/infer", .body = head + file};
  request.headers["inference-header-content-length"] = std::to_string(head.size());
  const HttpResponse answer = the().service.handle(std::move(request));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json out = json::parse(answer.body)["outputs"][0];
  EXPECT_EQ(out["datatype"], "BYTES");
  EXPECT_EQ(out["shape"], json({1, 2}));
  const std::vector<float> scores = scores_of(photo(), the().small);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
  EXPECT_EQ(out["data"][0], fmt::format("{:f}:{}:{}", scores[best], best, digits()[best]));
}

TEST_F(ImageDoors, ThePredictionIsTheFiveLikeliestClasses) {
  const std::vector<float> scores = scores_of(photo(), the().small);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
  struct Sent {
    std::string path, body, type, method;
  };
  const std::vector<Sent> all = {{"/predictions/digits", photo(), "", "PUT"},
                                 {"/predictions/digits/1", photo(), "image/png", "POST"},
                                 {"/predictions/digits", photo(), "application/x-www-form-urlencoded", "POST"},
                                 {"/predictions/digits", form("data", photo()), kForm, "POST"}};
  for (const Sent& sent : all) {
    const HttpResponse answer = the().ask(sent.path, sent.body, sent.type, sent.method);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json classes = json::parse(answer.body);
    EXPECT_EQ(classes.size(), 5u);
    for (const auto& [label, probability] : classes.items())
      EXPECT_LE(probability.get<float>(), classes[digits()[best]].get<float>()) << label;
    EXPECT_TRUE(answer.body.starts_with("{\n  \"" + digits()[best] + "\": ")) << "the likeliest comes first";
  }
}

TEST_F(ImageDoors, ADetectionIsTheBoxesInPixelsOfTheImage) {
  for (const char* path : {"/v1/vision/detection", "/v1/vision/custom/boxes"}) {
    const HttpResponse answer = the().ask(path, form("image", golden("boxes.png")), kForm);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json found = json::parse(answer.body);
    EXPECT_EQ(found["success"], true);
    EXPECT_EQ(found["count"], 2);
    EXPECT_EQ(found["predictions"][0],
              (json{{"label", "person"}, {"confidence", 1}, {"x_min", 1}, {"y_min", 0}, {"x_max", 3}, {"y_max", 2}}));
    EXPECT_EQ(found["predictions"][1],
              (json{{"label", "car"}, {"confidence", 1}, {"x_min", 2}, {"y_min", 1}, {"x_max", 6}, {"y_max", 4}}));
  }
}

TEST_F(ImageDoors, TheClientSaysHowSureABoxMustBe) {
  const std::string sure = "--b\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n1\r\n";
  const HttpResponse answer = the().ask("/v1/vision/detection", form("image", golden("boxes.png"), sure), kForm);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["predictions"], json::array());
}

TEST_F(ImageDoors, AFailureIsAnErrorInTheFormOfItsProtocolAndNeverAnEmptyAnswer) {
  const std::string half = photo().substr(0, photo().size() / 2);
  struct Bad {
    std::string path, body, type;
    int status;
    std::string sentence;
  };
  const std::vector<Bad> cases = {
      {"/v2/models/digits/infer", half, "image/png", 400, "PNG"},
      {"/v2/models/digits/infer", "no image", "image/png", 400, ""},
      {"/v2/models/digits/infer", "", "image/png", 400, "the body is empty"},
      {"/v2/models/digits/infer", photo(), "image/gif", 415, "'image/gif' is not supported"},
      {"/v2/models/plain/infer", photo(), "image/png", 400, "--image NAME=PRESET"},
      {"/predictions/digits", half, "", 400, "PNG"},
      {"/predictions/digits", "{}", "application/json", 415, "send the image file itself"},
      {"/predictions/plain", photo(), "", 400, "--image NAME=PRESET"},
      {"/predictions/boxes", photo(), "", 400, "/v1/vision/custom/MODEL"},
      {"/predictions/nobody", photo(), "", 404, "available: 'plain', 'digits', 'boxes'"},
      {"/predictions/digits/2", photo(), "", 404, "no version '2'"},
      {"/v1/vision/detection", form("image", half), kForm, 400, "PNG"},
      {"/v1/vision/detection", form("file", photo()), kForm, 400, "no part 'image'"},
      {"/v1/vision/detection", photo(), "image/png", 415, "send multipart/form-data"},
      {"/v1/vision/custom/digits", form("image", photo()), kForm, 400, "does not find boxes"},
      {"/v1/vision/custom/plain", form("image", photo()), kForm, 400, "--image NAME=PRESET"},
      {"/v1/vision/custom/nobody", form("image", photo()), kForm, 404, "unknown model: 'nobody'"},
  };
  for (const Bad& bad : cases) {
    const HttpResponse answer = the().ask(bad.path, bad.body, bad.type);
    EXPECT_EQ(answer.status, bad.status) << bad.path << " " << bad.sentence << answer.body;
    const json body = json::parse(answer.body);
    if (bad.path.starts_with("/v1")) {
      EXPECT_EQ(body["success"], false);
    }
    if (!bad.path.starts_with("/v2")) {
      EXPECT_EQ(body["code"], bad.status);
    }
    const char* const sentence = bad.path.starts_with("/predictions") ? "message" : "error";
    EXPECT_THAT(body[sentence].get<std::string>(), HasSubstr(bad.sentence)) << bad.path;
  }
}

TEST_F(ImageDoors, AMethodThatADoorDoesNotSupportIsToldThoseItDoes) {
  const HttpResponse prediction = the().ask("/predictions/digits", "", "", "GET");
  EXPECT_EQ(prediction.status, 405);
  EXPECT_THAT(prediction.headers, ElementsAre(testing::Pair("Allow", "POST, PUT")));
  EXPECT_EQ(json::parse(prediction.body)["type"], "MethodNotAllowedException");
  EXPECT_EQ(json::parse(the().ask("/v1/vision/detection", "", "", "GET").body)["success"], false);
}

TEST_F(ImageDoors, APingIsAnsweredWhileConnectionsAreAccepted) {
  EXPECT_EQ(json::parse(the().ask("/ping", "", "", "GET").body), (json{{"status", "Healthy"}}));
  the().service.set_accepting(false);
  const HttpResponse answer = the().ask("/ping", "", "", "GET");
  the().service.set_accepting(true);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(json::parse(answer.body), (json{{"status", "Unhealthy"}}));
}

TEST_F(ImageDoors, WithoutAModelThatFindsBoxesDetectionIsNotThere) {
  Metrics metrics{{.version = "1"}};
  Service service{"1", {{the().plain.get(), nullptr}}, nullptr, metrics};
  const HttpResponse answer = service.handle({.method = "POST", .path = "/v1/vision/detection"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(json::parse(answer.body)["error"].get<std::string>(),
              HasSubstr("configure one with --image NAME.task=detect"));
}

// Triton's image clients refuse a model without a format, and reckon with a batch only if one is stated.
TEST_F(ImageDoors, TheConfigurationSaysLayoutAndBatchAsTritonDoes) {
  const auto config = [](Service& service, const char* model) {
    const std::string path = std::string("/v2/models/") + model + "/config";
    return json::parse(service.handle({.method = "GET", .path = path}).body);
  };
  const json fixed = config(the().service, "digits");
  EXPECT_EQ(fixed["input"][0]["format"], "FORMAT_NCHW");
  EXPECT_EQ(fixed["input"][0]["dims"], (json{1, 1, 28, 28}));
  EXPECT_EQ(fixed["max_batch_size"], 0);
  EXPECT_EQ(config(the().service, "plain")["input"][0]["format"], "FORMAT_NONE");

  const TemporaryFolder folder;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, folder / "lenet.pt"));
  model::Model::Options options{.inputs = {lenet()->inputs().begin(), lenet()->inputs().end()}};
  options.inputs[0].shape[0] = kAnyBatch;
  const auto any = model::Model::load(folder / "lenet.pt", options);
  ASSERT_TRUE(any) << any.error().message;
  const auto engine = the().engine("any", *any, taking(the().small));
  Service service{"1", {{engine.get(), nullptr, {&the().small, &the().telling}}}, nullptr, the().metrics};
  const json batched = config(service, "any");
  EXPECT_EQ(batched["max_batch_size"], (*any)->max_batch());
  EXPECT_EQ(batched["input"][0]["dims"], (json{1, 28, 28}));
  EXPECT_EQ(batched["output"][0]["dims"], json{10});
}

TEST_F(ImageDoors, TheirRequestsAreCounted) {
  const auto counted = [](const char* kind) {
    const json stats = json::parse(the().ask("/v2/models/digits/stats", "", "", "GET").body)["model_stats"][0];
    return stats["inference_stats"][kind]["count"].get<int>();
  };
  const int served = counted("success");
  const int failed = counted("fail");
  the().ask("/predictions/digits", photo(), "");
  the().ask("/predictions/digits", "no image", "");
  the().ask("/v1/vision/custom/digits", form("image", photo()), kForm);
  EXPECT_EQ(counted("success"), served + 1);
  EXPECT_EQ(counted("fail"), failed + 2);
}

TEST_F(ImageDoors, AnImageIsHeldUntilItsAnswerAndCountsOnce) {
  Budget budget({1_MiB, 1_MiB});
  auto held = budget.take("a", {photo().size()});
  ASSERT_TRUE(held);
  HttpRequest request{.method = "POST", .path = "/v2/models/digits/infer", .headers = {{"content-type", "image/png"}}};
  request.body = photo();
  request.held = std::make_shared<Budget::Held>(*std::move(held));
  const std::shared_ptr<Budget::Held> kept = request.held;
  EXPECT_EQ(the().service.handle(std::move(request)).status, 200);
  EXPECT_EQ(kept->size().count, photo().size());
}

TEST_F(ImageDoors, CurlSendsImagesInEveryWay) {
  if (!installed("curl")) GTEST_SKIP() << "curl is not installed";
  const auto server = *HttpServer::start(
      {}, [](HttpRequest request) { return the().service.handle(std::move(request)); }, silent_log());
  const auto curl = [&](const std::string& how, const std::string& path) {
    const ShellRan ran =
        shell(fmt::format("curl -sS --max-time 60 {} http://127.0.0.1:{}{} 2>&1", how, server->port(), path));
    return json::parse(ran.out, nullptr, false);
  };
  const std::string folder = TIDELINE_SOURCE "/tests/runtime/http/golden/";
  EXPECT_EQ(curl("-T " + folder + "photo.png", "/predictions/digits").size(), 5u);
  EXPECT_EQ(curl("--data-binary @" + folder + "photo.png", "/predictions/digits").size(), 5u);
  EXPECT_EQ(curl("-F data=@" + folder + "photo.png", "/predictions/digits").size(), 5u);
  EXPECT_EQ(curl("-F image=@" + folder + "boxes.png -F api_key=", "/v1/vision/detection")["count"], 2);
  EXPECT_EQ(curl("-H 'Content-Type: image/png' --data-binary @" + folder + "photo.png",
                 "/v2/models/digits/infer")["model_name"],
            "digits");
}

}  // namespace
}  // namespace tideline::http
