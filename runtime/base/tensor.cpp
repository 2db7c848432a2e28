#include "runtime/base/tensor.h"

#include "runtime/base/large_blocks.h"

#include <fmt/ranges.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>

namespace tideline {
namespace {

constexpr std::size_t kOwnMapping = 4 << 20;

struct Kind {
  std::string_view name;
  std::size_t size;
};

// In the order of DType's values.
constexpr std::array<Kind, 10> kKinds{{{"fp32", 4},
                                       {"fp16", 2},
                                       {"bf16", 2},
                                       {"fp64", 8},
                                       {"int8", 1},
                                       {"uint8", 1},
                                       {"int16", 2},
                                       {"int32", 4},
                                       {"int64", 8},
                                       {"bool", 1}}};

Error bad_spec(std::string_view text) {
  return error(ErrorKind::invalid, "'{}' is not a tensor; write its type and shape, for example fp32[1,3,224,224]",
               text);
}

}  // namespace

std::string_view name(DType dtype) {
  return kKinds[static_cast<std::size_t>(dtype)].name;
}

std::size_t size_of(DType dtype) {
  return kKinds[static_cast<std::size_t>(dtype)].size;
}

Result<DType> parse_dtype(std::string_view text) {
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.name == text; });
  if (found != kKinds.end()) return static_cast<DType>(found - kKinds.begin());
  return error(ErrorKind::invalid,
               "'{}' is not a number type; use one of fp32 fp16 bf16 fp64 int8 uint8 int16 int32 int64 bool", text);
}

Result<DType> dtype_from_wire(std::uint8_t value) {
  if (value < kKinds.size()) return static_cast<DType>(value);
  return error(ErrorKind::corrupt, "{} is not the code of a number type", value);
}

std::string to_string(const TensorSpec& spec) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : spec.shape) sizes.push_back(size == kAnyBatch ? "*" : std::to_string(size));
  return fmt::format("{}[{}]", name(spec.dtype), fmt::join(sizes, ","));
}

bool any_batch(const TensorSpec& spec) {
  return !spec.shape.empty() && spec.shape.front() == kAnyBatch;
}

TensorSpec at_batch(TensorSpec spec, std::int64_t batch) {
  if (any_batch(spec)) spec.shape.front() = batch;
  return spec;
}

std::vector<TensorSpec> at_batch(Span<const TensorSpec> specs, std::int64_t batch) {
  std::vector<TensorSpec> bound;
  for (const TensorSpec& spec : specs) bound.push_back(at_batch(spec, batch));
  return bound;
}

bool fits(const TensorSpec& spec, DType dtype, Span<const std::int64_t> shape) {
  if (dtype != spec.dtype || shape.size() != spec.shape.size()) return false;
  const std::size_t from = any_batch(spec) ? 1 : 0;
  if (from == 1 && shape.front() < 1) return false;
  return std::ranges::equal(shape.subspan(from), std::span(spec.shape).subspan(from));
}

Result<void> check_tensor_name(std::string_view name) {
  constexpr std::size_t kLongest = 128;
  const auto fits = [](char c) {
    return c > ' ' && c <= '~' && std::string_view("[]\"\\;,").find(c) == std::string_view::npos;
  };
  if (!name.empty() && name.size() <= kLongest && std::ranges::all_of(name, fits)) return {};
  return error(ErrorKind::invalid,
               "'{}' cannot name a tensor; write 1 to {} printable ASCII characters without spaces and []\"\\;,",
               name.substr(0, kLongest), kLongest);
}

Result<TensorSpec> parse_tensor_spec(std::string_view text) {
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || text.back() != ']') return bad_spec(text);
  const std::size_t colon = text.substr(0, open).rfind(':');  // A name may have colons itself.
  const std::size_t type = colon == std::string_view::npos ? 0 : colon + 1;
  if (type > 0)
    if (const auto good = check_tensor_name(text.substr(0, colon)); !good) return good.error();
  const Result<DType> dtype = parse_dtype(text.substr(type, open - type));
  if (!dtype) return dtype.error();

  TensorSpec spec{std::string(text.substr(0, type > 0 ? colon : 0)), *dtype, {}};
  std::string_view rest = text.substr(open + 1, text.size() - open - 2);
  if (rest == "*" || rest.starts_with("*,")) {
    spec.shape.push_back(kAnyBatch);
    rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
    if (rest.empty() && text.ends_with(",]")) return bad_spec(text);
  }
  while (!rest.empty()) {
    std::int64_t size = 0;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
    if (failed != std::errc{} || size < 0 || spec.shape.size() == kMaxRank) return bad_spec(text);
    spec.shape.push_back(size);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty()) break;
    if (rest.front() != ',' || rest.size() == 1) return bad_spec(text);
    rest.remove_prefix(1);
  }
  const TensorSpec smallest = at_batch(spec, 1);
  if (const auto bytes = byte_count(smallest.dtype, smallest.shape); !bytes) return bytes.error().within(text);
  return spec;
}

Result<Bytes> byte_count(DType dtype, Span<const std::int64_t> shape) {
  if (shape.size() > kMaxRank)
    return error(ErrorKind::invalid, "a tensor of rank {} is over the limit of {}", shape.size(), kMaxRank);
  std::uint64_t count = size_of(dtype);
  for (const std::int64_t size : shape) {
    if (size <= 0) return error(ErrorKind::invalid, "the dimension {} is not positive", size);
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(size), &count) || count > INT64_MAX)
      return error(ErrorKind::invalid, "a tensor of shape [{}] is larger than any memory", fmt::join(shape, ","));
  }
  return Bytes{count};
}

namespace {

// Returns a separate mapping; null when the system has none. Huge pages, if available, avoid most page faults.
std::shared_ptr<std::byte> mapped_bytes(std::size_t size) {
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  (void)::madvise(memory, size, MADV_HUGEPAGE);
  return {static_cast<std::byte*>(memory), [size](std::byte* p) { ::munmap(p, size); }};
}

}  // namespace

// The C library cannot reuse a freed aligned block for the next request of the same size: it searches for a block that
// is larger by the alignment. So every large tensor would take fresh memory, up to gigabytes. Hence LargeBlocks, and
// mappings where they keep none. A mapping returns to the system at once; its page faults cost little compared to the
// work on so many bytes.
std::shared_ptr<std::byte> aligned_bytes(std::size_t size) {
  if (auto* const kept = large_blocks().take(size)) return {kept, [](std::byte* p) { large_blocks().give_back(p); }};
  if (size >= kOwnMapping)
    if (auto mapped = mapped_bytes(size)) return mapped;
  auto* const memory = static_cast<std::byte*>(::operator new(size, std::align_val_t{kTensorAlignment}));
  return {memory, [](std::byte* p) { ::operator delete(p, std::align_val_t{kTensorAlignment}); }};
}

Tensor Tensor::copy_of(DType dtype, Shape shape, Span<const std::byte> bytes) {
  std::shared_ptr<std::byte> data = aligned_bytes(bytes.size());
  if (!bytes.empty()) std::memcpy(data.get(), bytes.data(), bytes.size());
  return {dtype, std::move(shape), std::move(data), bytes.size()};
}

bool identical(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() && std::ranges::equal(a.bytes(), b.bytes());
}

}  // namespace tideline
