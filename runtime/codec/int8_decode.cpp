#include "runtime/codec/int8.h"
#include "runtime/codec/int8_group.h"
#include "runtime/codec/int8_special.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

namespace tideline::codec {
namespace {

constexpr std::size_t kGroupPrefix = Int8Group::kSize;

const std::uint8_t* octets(const std::byte* bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes);
}

// Reads one group after the other; returns false at the first corrupt one.
class Reader {
 public:
  Reader(const Int8Kernels& kernels, Zeros zeros, std::span<const std::byte> from)
      : kernels_(kernels), zeros_(zeros), from_(from) {}

  bool take(std::span<float> numbers) {
    if (from_.size() < kGroupPrefix) return false;
    const std::optional<Int8Group> group = Int8Group::read(from_.data());
    if (!group || (group->sparse() && zeros_ == Zeros::kept)) return false;
    from_ = from_.subspan(kGroupPrefix);
    const std::uint8_t* const codes = group->sparse() ? unpacked(numbers.size(), group->zero) : plain(numbers.size());
    if (codes == nullptr) return false;
    const Scale scale = group->scale();
    if (group->special() || may_overflow(scale)) {
      restore_special(codes, scale, numbers);
    } else {
      kernels_.restore(codes, scale, numbers);
    }
    return true;
  }

  bool at_end() const { return from_.empty(); }

 private:
  const std::uint8_t* plain(std::size_t count) {
    if (from_.size() < count) return nullptr;
    const std::uint8_t* const codes = octets(from_.data());
    from_ = from_.subspan(count);
    return codes;
  }

  const std::uint8_t* unpacked(std::size_t count, std::uint8_t zero) {
    const std::size_t size = bitmap_size(count);
    if (from_.size() < size) return nullptr;
    const std::span bitmap(octets(from_.data()), size);
    if (count % 8 != 0 && bitmap.back() >> (count % 8) != 0) return nullptr;
    from_ = from_.subspan(size);
    const std::size_t taken =
        kernels_.unpack({octets(from_.data()), from_.size()}, zero, bitmap.data(), {codes_.data(), count});
    if (from_.size() < taken) return nullptr;
    from_ = from_.subspan(taken);
    return codes_.data();
  }

  const Int8Kernels& kernels_;
  const Zeros zeros_;
  std::span<const std::byte> from_;
  alignas(64) std::array<std::uint8_t, Groups::kMost + Int8Kernels::kRoom> codes_;  // For one group.
};

}  // namespace

Result<Tensor> decode_int8(const TensorSpec& spec, const Groups& groups, Zeros zeros, std::span<const std::byte> wire,
                           const Int8Kernels& kernels) {
  const std::size_t size = groups.numbers() * sizeof(float);
  std::shared_ptr<std::byte> plain = aligned_bytes(size);
  const std::span numbers(reinterpret_cast<float*>(plain.get()), groups.numbers());
  Reader reader(kernels, zeros, wire);
  std::uint64_t number = 0;  // The group being read.
  const bool all = groups.each([&](std::uint64_t first, std::uint64_t count) {
    ++number;
    return reader.take(numbers.subspan(first, count));
  });
  if (!all)
    return error(ErrorKind::corrupt,
                 "group {} of {} in the {} bytes received for {} is corrupt; the peer must encode as this version does",
                 number, groups.count(), wire.size(), to_string(spec));
  if (!reader.at_end())
    return error(ErrorKind::corrupt,
                 "the {} bytes received for {} go on after its last group; the peer must encode as this version does",
                 wire.size(), to_string(spec));
  return Tensor(spec.dtype, spec.shape, std::move(plain), size);
}

}  // namespace tideline::codec
