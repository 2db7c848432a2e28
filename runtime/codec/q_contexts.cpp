#include "runtime/codec/q_contexts.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace tideline::codec {
namespace {

// log2(1 + i / 256) in 256ths, by squaring: whole numbers only.
constexpr std::array<std::uint8_t, 256> kLog2 = [] {
  std::array<std::uint8_t, 256> logs{};
  for (std::uint64_t i = 0; i < 256; ++i) {
    std::uint64_t x = (256 + i) << 22;  // 1 to 2, with 30 bits after the point.
    unsigned bits = 0;
    for (int b = 0; b < 8; ++b) {
      x = (x * x) >> 30;
      bits *= 2;
      if (x >= (std::uint64_t{2} << 30)) x /= 2, ++bits;
    }
    logs[i] = static_cast<std::uint8_t>(bits);
  }
  return logs;
}();

// Returns n * log2(n), in 256ths.
std::uint64_t n_log_n(std::uint64_t n) {
  if (n < 2) return 0;
  const auto whole = static_cast<unsigned>(std::bit_width(n)) - 1;
  const std::uint64_t mantissa = whole >= 8 ? n >> (whole - 8) : n << (8 - whole);
  return n * (256 * whole + kLog2[mantissa - 256]);
}

constexpr std::uint64_t kBit = 256;
constexpr std::uint64_t kContextBits = 8 * 22 * kBit;  // The coder's four states, and the lengths.
constexpr std::uint64_t kSymbolBits = 11 * kBit;       // In the table of frequencies.

// Returns the estimated size of one context.
std::uint64_t cost_of(const Histogram& histogram, std::size_t symbols) {
  std::uint64_t all = 0, apart = 0, different = 0;
  for (std::size_t i = 0; i < symbols; ++i) {
    if (histogram[i] == 0) continue;
    ++different;
    all += histogram[i];
    apart += n_log_n(histogram[i]);
  }
  if (different < 2) return 3 * 8 * kBit;
  const std::uint64_t together = n_log_n(all);
  return kContextBits + different * kSymbolBits + (together > apart ? together - apart : 0);
}

}  // namespace

std::size_t Grouping::contexts() const {
  return static_cast<std::size_t>(std::popcount(borders)) + 1;
}

std::array<std::uint8_t, kLevels> Grouping::context_of() const {
  std::array<std::uint8_t, kLevels> contexts{};
  for (std::size_t level = 1; level < kLevels; ++level)
    contexts[level] = static_cast<std::uint8_t>(contexts[level - 1] + (borders >> (level - 1) & 1));
  return contexts;
}

// By dynamic programming: the cheapest grouping of the levels before `to` ends with a context that begins at `from`.
GroupingCost best_grouping(const std::array<Histogram, kLevels>& histograms) {
  std::size_t symbols = 256;
  const auto unused = [&](std::size_t symbol) {
    return std::ranges::all_of(histograms, [&](const Histogram& h) { return h[symbol] == 0; });
  };
  while (symbols > 0 && unused(symbols - 1)) --symbols;

  std::array<std::uint64_t, kLevels + 1> best{};
  std::array<std::uint8_t, kLevels + 1> borders{};
  for (std::size_t to = 1; to <= kLevels; ++to) {
    best[to] = std::numeric_limits<std::uint64_t>::max();
    Histogram joined{};
    for (std::size_t from = to; from-- > 0;) {
      for (std::size_t i = 0; i < symbols; ++i) joined[i] += histograms[from][i];
      const std::uint64_t cost = best[from] + cost_of(joined, symbols);
      if (cost >= best[to]) continue;
      best[to] = cost;
      borders[to] = static_cast<std::uint8_t>(borders[from] | (from > 0 ? 1U << (from - 1) : 0U));
    }
  }
  return {{borders[kLevels]}, best[kLevels]};
}

}  // namespace tideline::codec
