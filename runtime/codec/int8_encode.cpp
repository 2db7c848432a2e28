#include "runtime/codec/int8.h"
#include "runtime/codec/int8_group.h"
#include "runtime/codec/int8_special.h"

#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace tideline::codec {
namespace {

constexpr std::size_t kGroupHeader = Int8Group::kSize;

std::uint8_t* octets(std::byte* bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes);
}

// Writes one group after the other. REQUIRES: Int8Kernels::kRoom bytes follow the last group.
class Writer {
 public:
  Writer(const Int8Kernels& kernels, Zeros zeros, std::byte* to) : kernels_(kernels), zeros_(zeros), to_(to) {}

  void add(std::span<const float> numbers) {
    const Extent extent = kernels_.extent(numbers);
    const Scale scale = extent.finite ? scale_between(extent.low, extent.high, 255) : scale_of_finite(numbers);
    const std::uint8_t kind = extent.finite ? 0 : Int8Group::kSpecial;
    std::uint8_t* const codes = zeros_ == Zeros::dropped ? codes_.data() : octets(to_ + kGroupHeader);
    if (extent.finite) {
      kernels_.quantise(numbers, scale, codes);
    } else {
      quantise_special(numbers, scale, codes);
    }
    if (zeros_ == Zeros::dropped) return add_without_zeros(numbers.size(), scale, kind);
    finish({scale.step, scale.zero, kind}, numbers.size());
  }

  std::byte* end() const { return to_; }

 private:
  void add_without_zeros(std::size_t count, Scale scale, std::uint8_t kind) {
    const std::span codes(codes_.data(), count);
    const std::size_t bitmap = bitmap_size(count);
    const std::size_t marked = kernels_.mark(codes, scale.zero, bitmap_.data());
    if (bitmap + marked >= count) {
      std::memcpy(to_ + kGroupHeader, codes.data(), count);
      return finish({scale.step, scale.zero, kind}, count);
    }
    std::memcpy(to_ + kGroupHeader, bitmap_.data(), bitmap);
    kernels_.pack(codes, scale.zero, bitmap_.data(), octets(to_ + kGroupHeader + bitmap));
    finish({scale.step, scale.zero, static_cast<std::uint8_t>(kind | Int8Group::kSparse)}, bitmap + marked);
  }

  void finish(const Int8Group& group, std::size_t body) {
    group.write(to_);
    to_ += kGroupHeader + body;
  }

  const Int8Kernels& kernels_;
  const Zeros zeros_;
  std::byte* to_;
  // For one group: they stay in the L1 cache.
  alignas(64) std::array<std::uint8_t, Groups::kMost + Int8Kernels::kRoom> codes_;
  alignas(64) std::array<std::uint8_t, Groups::kMost / 8 + Int8Kernels::kRoom> bitmap_;
};

}  // namespace

SizeRange int8_size(const Groups& groups, Zeros zeros) {
  const Bytes most{groups.count() * kGroupHeader + groups.numbers()};
  if (zeros == Zeros::kept) return {most, most};
  return {Bytes{groups.sum([](std::uint64_t numbers) { return kGroupHeader + bitmap_size(numbers); })}, most};
}

Tensor encode_int8(const Tensor& tensor, const Groups& groups, Zeros zeros, const Int8Kernels& kernels) {
  std::shared_ptr<std::byte> wire = aligned_bytes(int8_size(groups, zeros).most.count + Int8Kernels::kRoom);
  Writer writer(kernels, zeros, wire.get());
  groups.each([&](std::uint64_t first, std::uint64_t count) {
    writer.add(tensor.floats().subspan(first, count));
    return true;
  });
  const auto size = static_cast<std::size_t>(writer.end() - wire.get());
  return Tensor(DType::uint8, {static_cast<std::int64_t>(size)}, std::move(wire), size);
}

}  // namespace tideline::codec
