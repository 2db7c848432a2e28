#include "runtime/http/json_tensor.h"

#include "runtime/http/bounded_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace tideline::http {
namespace {

using nlohmann::json;

// Calls `use` with a value of the C++ type of the elements.
template <typename Use>
void with_element_type(DType dtype, Use use) {
  switch (dtype) {
    case DType::fp32:
      return use(float{});
    case DType::fp64:
      return use(double{});
    case DType::int8:
      return use(std::int8_t{});
    case DType::uint8:
      return use(std::uint8_t{});
    case DType::int16:
      return use(std::int16_t{});
    case DType::int32:
      return use(std::int32_t{});
    case DType::int64:
      return use(std::int64_t{});
    case DType::boolean:
      return use(bool{});
    case DType::fp16:
    case DType::bf16:
      return;  // No JSON form.
  }
}

// Returns true iff `from` is a value of T, and stores that value. Whole numbers may be written as 3.0, as some writers
// do. Above 2^53 a double cannot represent every whole number.
template <typename T>
bool fits(const json& from, T& to) {
  if (from.is_number_float()) {
    const double value = from.get<double>();
    if (std::trunc(value) != value || std::abs(value) > 9007199254740992.0) return false;
    return fits(json(static_cast<std::int64_t>(value)), to);
  }
  if (from.is_number_unsigned()) {
    to = static_cast<T>(from.get<std::uint64_t>());
    return std::in_range<T>(from.get<std::uint64_t>());
  }
  if (!from.is_number_integer()) return false;
  to = static_cast<T>(from.get<std::int64_t>());
  return std::in_range<T>(from.get<std::int64_t>());
}

template <>
bool fits(const json& from, double& to) {
  if (!from.is_number()) return false;
  to = from.get<double>();
  return true;
}

template <>
bool fits(const json& from, float& to) {
  double value = 0;
  if (!fits(from, value)) return false;
  to = static_cast<float>(value);
  return std::isfinite(to);
}

template <>
bool fits(const json& from, bool& to) {
  std::uint8_t number = 0;
  if (from.is_boolean())
    to = from.get<bool>();
  else if (fits(from, number) && number <= 1)
    to = number == 1;
  else
    return false;
  return true;
}

// The elements seen so far, and the memory for the expected ones.
template <typename T>
struct Filling {
  T* to;
  std::size_t expected;
  std::size_t seen = 0;
  const json* misfit = nullptr;  // The first element that is not a value of the type.
  std::size_t misfit_at = 0;

  void take(const json& data) {
    if (data.is_array()) {
      for (const json& part : data) take(part);
      return;
    }
    T value{};
    if (!misfit && !fits(data, value)) {
      misfit = &data;
      misfit_at = seen;
    }
    if (seen < expected) to[seen] = value;
    ++seen;
  }
};

template <typename T>
void append_element(std::string& text, const std::byte* from, T element) {
  std::memcpy(&element, from, sizeof element);
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(element)) {
      text += "null";
      return;
    }
  }
  fmt::format_to(std::back_inserter(text), "{}", element);
}

void append_element(std::string& text, const std::byte* from, bool) {
  text += *from == std::byte{0} ? "false" : "true";
}

}  // namespace

bool has_json_form(DType dtype) {
  return dtype != DType::fp16 && dtype != DType::bf16;
}

Result<Tensor> tensor_from_json(const TensorSpec& spec, const json& data) {
  if (!data.is_array()) return error(ErrorKind::invalid, "'data' is not an array");
  const auto bytes = byte_count(spec.dtype, spec.shape);
  if (!bytes) return bytes.error();
  const std::shared_ptr<std::byte> memory = aligned_bytes(bytes->count);
  std::optional<Error> wrong;
  with_element_type(spec.dtype, [&](auto element) {
    using T = decltype(element);
    Filling<T> filling{reinterpret_cast<T*>(memory.get()), bytes->count / sizeof(T)};
    filling.take(data);
    if (filling.seen != filling.expected)
      wrong = error(ErrorKind::invalid, "'data' has {} elements, but its shape has {}", filling.seen, filling.expected);
    else if (filling.misfit)
      wrong = error(ErrorKind::invalid, "'data' has {} as element {}, which is not a value of its datatype",
                    shown(*filling.misfit), filling.misfit_at);
  });
  if (wrong) return *wrong;
  return Tensor(spec.dtype, spec.shape, memory, bytes->count);
}

void append_json(std::string& text, const Tensor& tensor) {
  text.push_back('[');
  with_element_type(tensor.dtype(), [&](auto element) {
    const auto bytes = tensor.bytes();
    for (std::size_t at = 0; at + sizeof element <= bytes.size(); at += sizeof element) {
      if (at > 0) text.push_back(',');
      append_element(text, bytes.data() + at, element);
    }
  });
  text.push_back(']');
}

}  // namespace tideline::http
