#include "bench/lib/request_body.h"

#include "runtime/model/api/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tideline {
namespace {

using nlohmann::json;

constexpr const char* kJsonSize = "Inference-Header-Content-Length";

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string content{std::istreambuf_iterator(in), {}};
  if (!in || content.empty()) throw std::runtime_error(fmt::format("cannot read {}", file));
  return content;
}

// Returns the array's numbers as fp32, as bytes. The text of each in JSON gives the same bits again.
std::string fp32_bytes(const json& numbers) {
  std::string bytes;
  for (const json& number : numbers) {
    if (!number.is_number()) continue;
    const float value = number.get<float>();
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

}  // namespace

RequestBody tensor_body(const json& input, const json& parameters) {
  const auto shape = input.at("shape").get<Shape>();
  const Tensor tensor = model::random_tensors(std::vector{TensorSpec{"", DType::fp32, shape}}, 7).front();
  const std::string header = json{{"parameters", parameters},
                                  {"inputs",
                                   {{{"name", input.at("name")},
                                     {"datatype", "FP32"},
                                     {"shape", shape},
                                     {"parameters", {{"binary_data_size", tensor.bytes().size()}}}}}}}
                                 .dump();
  return {.headers = {{kJsonSize, std::to_string(header.size())}},
          .type = "application/octet-stream",
          .bytes = header + std::string(reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size()),
          .expected = {}};
}

std::vector<RequestBody> image_bodies(const std::string& folder, const std::string& answers) {
  std::vector<RequestBody> bodies;
  const json document = json::parse(content_of(answers));
  for (const auto& [name, numbers] : document.items())
    bodies.push_back({.headers = {},
                      .type = "image/jpeg",
                      .bytes = content_of(folder + "/" + name),
                      .expected = fp32_bytes(numbers)});
  if (bodies.empty()) throw std::runtime_error(fmt::format("{} has no answers", answers));
  return bodies;
}

Reply post(httplib::Client& client, const std::string& model, const RequestBody& body) {
  const auto answer = client.Post("/v2/models/" + model + "/infer", body.headers, body.bytes, body.type);
  if (!answer) return {};
  Reply reply{.status = answer->status, .header = {}, .outputs = {}};
  if (answer->status != 200) return reply;
  const std::string size = answer->get_header_value(kJsonSize);
  const std::size_t json_size = size.empty() ? answer->body.size() : std::stoul(size);
  reply.header = json::parse(answer->body.substr(0, json_size), nullptr, false);
  if (!reply.header.is_object()) reply.header = json::object();  // No outputs, so a wrong answer.
  reply.outputs = answer->body.substr(json_size);
  for (const json& output : reply.header.value("outputs", json::array()))
    if (output.contains("data")) reply.outputs += fp32_bytes(output.at("data"));
  return reply;
}

Reply post_photo(httplib::Client& client, const RequestBody& body) {
  const auto answer = client.Post("/", body.headers, body.bytes, body.type);
  if (!answer) return {};
  return {.status = answer->status, .header = json::object(), .outputs = answer->status == 200 ? answer->body : ""};
}

bool is_close(std::string_view outputs, std::string_view expected, double tolerance) {
  if (outputs.size() != expected.size() || outputs.size() % sizeof(float) != 0) return false;
  double largest = 0, furthest = 0;
  for (std::size_t at = 0; at < outputs.size(); at += sizeof(float)) {
    float ours = 0, theirs = 0;
    std::memcpy(&ours, outputs.data() + at, sizeof ours);
    std::memcpy(&theirs, expected.data() + at, sizeof theirs);
    if (!std::isfinite(ours)) return false;
    largest = std::max(largest, std::abs(double{theirs}));
    furthest = std::max(furthest, std::abs(double{ours} - double{theirs}));
  }
  return furthest <= tolerance * largest;
}

}  // namespace tideline
