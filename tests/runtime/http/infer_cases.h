// A model's ends, and requests to them, for the tests of the protocol.
#pragma once

#include "runtime/http/inference_protocol.h"

#include <cstring>
#include <string>
#include <vector>

namespace tideline::http {

inline const std::vector<TensorSpec> kOneInput = {{"x", DType::fp32, {1, 2, 3}}};
inline const std::vector<TensorSpec> kTwoInputs = {{"image", DType::fp32, {2, 2}}, {"mask", DType::boolean, {3}}};
inline const std::vector<TensorSpec> kOutputs = {{"y", DType::fp32, {1, 2}}, {"label", DType::int64, {1}}};

inline const TimePoint kReceived{std::chrono::seconds(1000)};

inline Result<OipRequest> parse(std::string body, std::optional<std::uint64_t> json_size = {},
                                std::span<const TensorSpec> inputs = kOneInput, Budget::Held* held = nullptr) {
  return parse_infer(std::move(body), json_size, {inputs, kOutputs, 4}, kReceived, held);
}

inline Result<OipRequest> parse_for_images(std::string body, std::optional<std::uint64_t> json_size) {
  return parse_infer(std::move(body), json_size, {kOneInput, kOutputs, 4, true}, kReceived);
}

// A request for kOneInput whose input has these members.
inline std::string request(std::string_view members, std::string_view more = "") {
  return "{" + std::string(more) + R"("inputs":[{"name":"x","datatype":"FP32","shape":[1,2,3],)" +
         std::string(members) + "}]}";
}

template <typename T>
std::vector<T> values(const Tensor& tensor) {
  std::vector<T> all(tensor.bytes().size() / sizeof(T));
  std::memcpy(all.data(), tensor.bytes().data(), tensor.bytes().size());
  return all;
}

inline std::string text_of(const Tensor& bytes) {
  return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size()};
}

template <typename T>
std::string raw(const std::vector<T>& numbers) {
  return std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T));
}

template <typename T>
Tensor tensor(DType dtype, Shape shape, const std::vector<T>& numbers) {
  return Tensor::copy_of(dtype, std::move(shape), std::as_bytes(std::span(numbers)));
}

}  // namespace tideline::http
