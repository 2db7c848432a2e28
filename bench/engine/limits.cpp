// limits BYTES: answers "GFLOP/s GB/s GB/s": the best speed of this core in multiplying and in reading, measured now.
//
// Multiplying: the fastest of some convolutions in oneDNN's own layout and a product of matrices, chosen at the start.
// Reading: the sum of a buffer of BYTES, many times, so that caches help as far as they hold it; then of a buffer that
// no cache holds.
#include "bench/engine/answer.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace tideline;

struct Multiplication {
  std::string name;
  double gflop = 0;
  std::function<void()> work;

  double gflop_per_second() const { return gflop / measure_turn(work) * 1e3; }
};

// A convolution with an input in oneDNN's layout and reordered weights, so that only arithmetic is left.
Multiplication convolution(std::int64_t channels, std::int64_t side, std::int64_t kernel) {
  const std::vector<std::int64_t> padding{kernel / 2, kernel / 2};
  const std::vector<std::int64_t> ones{1, 1};
  const auto dense = at::randn({channels, channels, kernel, kernel}).to_mkldnn();
  const auto weight = at::mkldnn_reorder_conv2d_weight(dense, padding, ones, ones, 1);
  const auto bias = at::zeros({channels}).to_mkldnn();
  const auto apply = [=](const at::Tensor& x) {
    return at::mkldnn_convolution(x, weight, bias, padding, ones, ones, 1);
  };
  const auto in = apply(at::randn({1, channels, side, side}).to_mkldnn());
  const double products = static_cast<double>(channels * channels * kernel * kernel * side * side);
  return {fmt::format("{0}x{0} convolution, {1} channels, {2}x{2}", kernel, channels, side), 2e-9 * products,
          [=] { apply(in); }};
}

Multiplication matrices(std::int64_t side) {
  const auto a = at::randn({side, side});
  return {fmt::format("{0}x{0} matrices", side), 2e-9 * static_cast<double>(side * side * side), [=] { at::mm(a, a); }};
}

Multiplication fastest() {
  const std::vector all{convolution(64, 56, 3),  convolution(128, 28, 3), convolution(128, 56, 3),
                        convolution(256, 28, 3), convolution(512, 14, 3), convolution(512, 28, 3),
                        convolution(256, 28, 1), convolution(512, 28, 1), matrices(1024)};
  std::vector<double> speeds;
  for (const Multiplication& one : all) {
    double best = 0;
    for (int i = 0; i < 5; ++i) best = std::max(best, one.gflop_per_second());
    speeds.push_back(best);
  }
  return all[static_cast<std::size_t>(std::ranges::max_element(speeds) - speeds.begin())];
}

// Huge pages if the kernel has them, so that walks of page tables do not count.
std::span<std::uint64_t> make_buffer(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  const std::span buffer(static_cast<std::uint64_t*>(memory), bytes / sizeof(std::uint64_t));
  std::ranges::fill(buffer, 1);
  return buffer;
}

// Reads at eight places at once, with prefetching: reading at one place is a third slower here.
__attribute__((target_clones("avx512f", "avx2", "default"))) std::uint64_t read_all(std::span<std::uint64_t> buffer) {
  constexpr std::size_t kStreams = 8;
  constexpr std::size_t kLine = 8;  // Numbers in 64 bytes.
  constexpr std::size_t kAhead = 16 * kLine;
  const std::size_t each = buffer.size() / kStreams / kLine * kLine;
  std::uint64_t sums[kStreams][kLine] = {};
  for (std::size_t i = 0; i < each; i += kLine)
    for (std::size_t s = 0; s < kStreams; ++s) {
      const std::uint64_t* const line = buffer.data() + s * each + i;
      __builtin_prefetch(line + kAhead);
      for (std::size_t k = 0; k < kLine; ++k) sums[s][k] += line[k];
    }
  return std::accumulate(&sums[0][0], &sums[0][0] + kStreams * kLine, std::uint64_t{0});
}

double gigabytes_per_second(std::span<std::uint64_t> buffer) {
  volatile std::uint64_t sink = 0;
  const double ms = measure_turn([&] { sink = read_all(buffer); });
  return static_cast<double>(buffer.size_bytes()) / ms / 1e6;
}

// Twice the last cache, and 512 MiB at least.
std::size_t beyond_caches() {
  const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return std::max(std::size_t{512} << 20, 2 * static_cast<std::size_t>(std::max(cache, 0L)));
}

void measure(std::size_t bytes) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  const auto again = make_buffer(std::max(bytes, std::size_t{4096}));
  const auto memory = make_buffer(beyond_caches());
  const Multiplication multiplication = fastest();
  answer(multiplication.name, [&] {
    return fmt::format("{:.3f} {:.3f} {:.3f}", multiplication.gflop_per_second(), gigabytes_per_second(again),
                       gigabytes_per_second(memory));
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print(stderr, "usage: limits BYTES\n"), 64;
  try {
    measure(std::stoul(argv[1]));
    return 0;
  } catch (const std::exception& e) {
    return fmt::print(stderr, "limits: {}\n", e.what()), 70;
  }
}
