// Tensor: a dense, row-major, immutable array of numbers whose memory is shared, never copied.
//
//     const std::vector<float> numbers(6);
//     const Tensor a = Tensor::copy_of(DType::fp32, {2, 3}, std::as_bytes(std::span(numbers)));
//     const Tensor b = a;  // Shares the memory of `a`.
//     for (const float number : b.floats()) use(number);
//
// Copying a Tensor copies a pointer. The bytes stay valid and unchanged as long as one copy lives. Thread-safe.
//
// Must compile as C++17, like every file that includes libtorch; see span.h.
#pragma once

#include "runtime/base/dtype.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline {

using Shape = std::vector<std::int64_t>;

// Type and shape of a tensor. The first size may be kAnyBatch: then the batch varies, and all tensors that cross
// together have the same batch.
struct TensorSpec {
  std::string name;
  DType dtype = DType::fp32;
  Shape shape;

  friend bool operator==(const TensorSpec& a, const TensorSpec& b) {
    return a.name == b.name && a.dtype == b.dtype && a.shape == b.shape;
  }
};

std::string to_string(const TensorSpec& spec);  // "fp32[1,3,224,224]"; "fp32[*,3,224,224]" for any batch.
// Reads "fp32[1,3,224,224]", or with the name of the tensor before it "pixels:fp32[1,3,224,224]".
Result<TensorSpec> parse_tensor_spec(std::string_view text);

// Returns success iff `name` may be that of an input or output: 1 to 128 printable ASCII characters, none of them a
// space or one of []"\;, which separate tensors where they are listed.
Result<void> check_tensor_name(std::string_view name);

bool any_batch(const TensorSpec& spec);

// Returns the spec with that batch; unchanged if its batch does not vary.
TensorSpec at_batch(TensorSpec spec, std::int64_t batch);
std::vector<TensorSpec> at_batch(Span<const TensorSpec> specs, std::int64_t batch);

// Returns true iff a tensor of that type and shape matches the spec, at any batch.
bool fits(const TensorSpec& spec, DType dtype, Span<const std::int64_t> shape);

// Returns the size of a tensor of that type and shape. Returns invalid when the rank exceeds kMaxRank, a dimension is
// not positive, or the product overflows.
Result<Bytes> byte_count(DType dtype, Span<const std::int64_t> shape);

class Tensor {
 public:
  Tensor() = default;
  // REQUIRES: `data` points to byte_count(dtype, shape) bytes that its owner keeps alive.
  Tensor(DType dtype, Shape shape, std::shared_ptr<const std::byte> data, std::size_t size)
      : dtype_(dtype), shape_(std::move(shape)), data_(std::move(data)), size_(size) {}

  // Returns a tensor that owns a copy of `bytes`, aligned. REQUIRES: bytes.size() fits dtype and shape.
  static Tensor copy_of(DType dtype, Shape shape, Span<const std::byte> bytes);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  Span<const std::byte> bytes() const { return {data_.get(), size_}; }
  const std::shared_ptr<const std::byte>& data() const { return data_; }

  // REQUIRES: dtype() is fp32.
  Span<const float> floats() const { return {reinterpret_cast<const float*>(data_.get()), size_ / sizeof(float)}; }

 private:
  DType dtype_ = DType::fp32;
  Shape shape_;
  std::shared_ptr<const std::byte> data_;
  std::size_t size_ = 0;
};

inline constexpr std::size_t kTensorAlignment = 64;  // The fastest for vector instructions and oneDNN.

// Returns uninitialised memory of `size` bytes at a multiple of kTensorAlignment.
std::shared_ptr<std::byte> aligned_bytes(std::size_t size);

// Returns true iff `data` is a multiple of kTensorAlignment.
inline bool is_aligned(const std::byte* data) {
  return reinterpret_cast<std::uintptr_t>(data) % kTensorAlignment == 0;
}

// Returns true iff type, shape and every byte are the same.
bool identical(const Tensor& a, const Tensor& b);

}  // namespace tideline
