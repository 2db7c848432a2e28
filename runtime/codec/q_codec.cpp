#include "runtime/codec/q_codec.h"

#include "runtime/codec/q_block.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tideline::codec {
namespace {

// The form of an image: its first byte.
enum class Form : std::uint8_t {
  plain = 0,     // The numbers in fp32.
  constant = 1,  // One number in fp32, which all are.
  coded = 2,     // The step's exponent (i16), then blocks.
};

constexpr std::size_t kLeastNumbers = 8;

// How a tensor is divided: images into blocks of whole planes, or of whole rows if a plane is larger than a block.
struct Layout {
  std::size_t images = 0;
  std::size_t numbers = 0;  // Per image.
  std::size_t block = 0;    // Per block; the last one may have fewer.
  Grid grid;
};

std::size_t product(const Shape& shape, std::size_t from) {
  std::size_t product = 1;
  for (std::size_t i = from; i < shape.size(); ++i) product *= static_cast<std::size_t>(shape[i]);
  return product;
}

// A plane has the last two dimensions, but not the first.
Layout layout_of(const Shape& shape) {
  const std::size_t rank = shape.size();
  const Grid grid{std::min(product(shape, rank - 1), kBlock), product(shape, std::max<std::size_t>(rank - 2, 1))};
  const std::size_t whole = grid.plane <= kBlock ? grid.plane : grid.width;
  return {product(shape, 0) / product(shape, 1), product(shape, 1), kBlock / whole * whole, grid};
}

template <typename T>
void append(const T* from, std::size_t count, std::vector<std::byte>& to) {
  const auto* bytes = reinterpret_cast<const std::byte*>(from);
  to.insert(to.end(), bytes, bytes + count * sizeof(T));
}

template <typename T>
bool take(std::span<const std::byte>& wire, T* to, std::size_t count) {
  if (wire.size() < count * sizeof(T)) return false;
  std::memcpy(to, wire.data(), count * sizeof(T));
  wire = wire.subspan(count * sizeof(T));
  return true;
}

std::size_t plain_size(std::size_t numbers) {
  return sizeof(Form) + numbers * sizeof(float);
}

// What the codes of an image are expected to be, after those of the tensor before.
class Expectation {
 public:
  explicit Expectation(const Codes* before) : before_(before) {}

  // Returns `count` codes from `at` on, in that step; none if there is no tensor before. Valid until the next call.
  std::span<const std::int16_t> of(std::size_t image, std::size_t at, std::size_t count, Step step) {
    if (!before_) return {};
    codes_.resize(count);
    predict(before_->of(image).subspan(at, count), before_->step(image), step, codes_);
    return codes_;
  }

 private:
  const Codes* const before_;
  std::vector<std::int16_t> codes_;
};

// Encodes the images of one tensor, one after the other.
class ImageEncoder {
 public:
  ImageEncoder(plan::Codec codec, Layout layout, const Codes* before)
      : codec_(codec), layout_(layout), expected_(before), codes_(layout.images * layout.numbers) {}

  void add(std::span<const float> numbers) {
    const std::size_t image = image_++, start = wire_.size();
    if (std::ranges::all_of(numbers, [&](float number) { return number == numbers.front(); }))
      return add_as(Form::constant, numbers.first(1));
    const double square = mean_square(numbers);
    if (!std::isfinite(square)) return add_as(Form::plain, numbers);
    const Step step = step_for(codec_, square);
    const std::span codes = std::span(codes_).subspan(image * layout_.numbers, layout_.numbers);
    if (!quantise(numbers, step, codes)) return add_as(Form::plain, numbers);
    const bool differed = differs_;
    add_codes(image, step, codes);
    if (wire_.size() - start <= plain_size(numbers.size())) return steps_.push_back(step);
    wire_.resize(start);
    differs_ = differed;
    add_as(Form::plain, numbers);
  }

  Coded finish() && {
    const std::size_t size = wire_.size();
    std::shared_ptr<std::byte> bytes = aligned_bytes(size);
    std::memcpy(bytes.get(), wire_.data(), size);
    Coded coded{Tensor(DType::uint8, {static_cast<std::int64_t>(size)}, std::move(bytes), size), nullptr, differs_};
    if (steps_.size() == layout_.images)
      coded.codes = std::make_shared<const Codes>(std::move(steps_), std::move(codes_));
    return coded;
  }

 private:
  void add_as(Form form, std::span<const float> numbers) {
    wire_.push_back(static_cast<std::byte>(form));
    append(numbers.data(), numbers.size(), wire_);
  }

  void add_codes(std::size_t image, Step step, std::span<const std::int16_t> codes) {
    wire_.push_back(static_cast<std::byte>(Form::coded));
    const std::int16_t exponent = step.exponent();
    append(&exponent, 1, wire_);
    for (std::size_t at = 0; at < codes.size(); at += layout_.block) {
      const std::size_t count = std::min(layout_.block, codes.size() - at);
      const std::span block = codes.subspan(at, count);
      differs_ |= encode_block(block, expected_.of(image, at, count, step), layout_.grid, wire_);
    }
  }

  const plan::Codec codec_;
  const Layout layout_;
  Expectation expected_;
  std::size_t image_ = 0;
  std::vector<Step> steps_;
  std::vector<std::int16_t> codes_;
  std::vector<std::byte> wire_;
  bool differs_ = false;
};

// Decodes the images of one tensor, one after the other. Keeps their codes if there is a place for them.
class ImageDecoder {
 public:
  ImageDecoder(std::span<const std::byte> wire, Layout layout, const Codes* before)
      : wire_(wire), layout_(layout), expected_(before), block_(std::min(layout.block, layout.numbers)) {}

  // Returns false when the bytes are corrupt. Writes the codes to `codes` unless that is empty.
  bool next(std::span<float> numbers, std::span<std::int16_t> codes) {
    const std::size_t image = image_++;
    std::uint8_t form = 0;
    if (!take(wire_, &form, 1)) return false;
    if (form == static_cast<std::uint8_t>(Form::plain)) return take(wire_, numbers.data(), numbers.size());
    if (form == static_cast<std::uint8_t>(Form::constant)) {
      if (!take(wire_, numbers.data(), 1)) return false;
      std::ranges::fill(numbers, numbers.front());
      return true;
    }
    std::int16_t exponent = 0;
    if (form != static_cast<std::uint8_t>(Form::coded) || !take(wire_, &exponent, 1)) return false;
    if (exponent < Step::kLeast || exponent > Step::kMost) return false;
    steps_.emplace_back(exponent);
    return next_coded(image, numbers, codes);
  }

  bool complete() const { return wire_.empty(); }
  std::vector<Step> steps() && { return std::move(steps_); }  // Of the images that were coded.

 private:
  bool next_coded(std::size_t image, std::span<float> numbers, std::span<std::int16_t> codes) {
    const Step step = steps_.back();
    for (std::size_t at = 0; at < numbers.size(); at += layout_.block) {
      const std::size_t count = std::min(layout_.block, numbers.size() - at);
      const std::span<std::int16_t> block = codes.empty() ? std::span(block_).first(count) : codes.subspan(at, count);
      if (!decode_block(wire_, expected_.of(image, at, count, step), layout_.grid, block)) return false;
      restore(block, step, numbers.subspan(at, count));
    }
    return true;
  }

  std::span<const std::byte> wire_;
  const Layout layout_;
  Expectation expected_;
  std::size_t image_ = 0;
  std::vector<Step> steps_;
  std::vector<std::int16_t> block_;
};

const Codes* fitting(const Codes* before, const Layout& layout) {
  return before && before->fits(layout.images, layout.numbers) ? before : nullptr;
}

}  // namespace

bool becomes_codes(DType dtype, const Shape& shape) {
  return dtype == DType::fp32 && shape.size() >= 2 && layout_of(shape).numbers >= kLeastNumbers;
}

SizeRange q_size(const TensorSpec& spec) {
  if (!becomes_codes(spec.dtype, spec.shape)) {
    const Bytes size = *byte_count(spec.dtype, spec.shape);
    return {size, size};
  }
  const Layout layout = layout_of(spec.shape);
  return {Bytes{layout.images * plain_size(1)}, Bytes{layout.images * plain_size(layout.numbers)}};
}

Coded encode_q(plan::Codec codec, const Tensor& tensor, const Codes* before) {
  if (!becomes_codes(tensor.dtype(), tensor.shape())) return {tensor, nullptr};
  const Layout layout = layout_of(tensor.shape());
  ImageEncoder encoder(codec, layout, fitting(before, layout));
  const std::span<const float> numbers = tensor.floats();
  for (std::size_t at = 0; at < numbers.size(); at += layout.numbers) encoder.add(numbers.subspan(at, layout.numbers));
  return std::move(encoder).finish();
}

Result<Decoded> decode_q(const TensorSpec& spec, std::shared_ptr<const std::byte> wire, std::size_t size, Keep keep,
                         const Codes* before) {
  if (!becomes_codes(spec.dtype, spec.shape)) return Decoded{{spec.dtype, spec.shape, std::move(wire), size}, nullptr};
  const Layout layout = layout_of(spec.shape);
  const std::size_t count = layout.images * layout.numbers;
  std::shared_ptr<std::byte> memory = aligned_bytes(count * sizeof(float));
  const std::span numbers(reinterpret_cast<float*>(memory.get()), count);
  std::vector<std::int16_t> kept(keep == Keep::tensor_and_codes ? count : 0);
  ImageDecoder decoder({wire.get(), size}, layout, fitting(before, layout));
  for (std::size_t at = 0; at < count; at += layout.numbers) {
    const auto codes = kept.empty() ? std::span<std::int16_t>() : std::span(kept).subspan(at, layout.numbers);
    if (decoder.next(numbers.subspan(at, layout.numbers), codes)) continue;
    return error(ErrorKind::corrupt, "the bytes of {} are damaged: image {} of {}", to_string(spec),
                 at / layout.numbers + 1, layout.images);
  }
  if (!decoder.complete()) return error(ErrorKind::corrupt, "bytes follow those of {}", to_string(spec));
  Decoded decoded{{spec.dtype, spec.shape, std::move(memory), count * sizeof(float)}, nullptr};
  std::vector<Step> steps = std::move(decoder).steps();
  if (!kept.empty() && steps.size() == layout.images)
    decoded.codes = std::make_shared<const Codes>(std::move(steps), std::move(kept));
  return decoded;
}

}  // namespace tideline::codec
