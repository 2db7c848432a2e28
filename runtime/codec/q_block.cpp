#include "runtime/codec/q_block.h"

#include "runtime/codec/q_contexts.h"
#include "runtime/codec/q_entropy.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

namespace tideline::codec {
namespace {

constexpr std::uint8_t kEscape = 255;  // Of a number too large for a symbol, which follows after all symbols.
constexpr int kLowestBase = -127;
constexpr std::uint64_t kEscapeBits = std::uint64_t{2} * 8 * 256;  // In 256ths.

// What becomes symbols.
enum class Coding : std::uint8_t {
  codes = 0,       // In contexts by the size of the neighbours.
  predicted = 1,   // Less the mean of the neighbours, in contexts by the difference of these.
  difference = 2,  // Less the codes before, in contexts by the size of the neighbouring differences.
};

std::uint32_t zigzag(int number) {
  return (static_cast<std::uint32_t>(number) << 1) ^ static_cast<std::uint32_t>(number >> 31);
}

int from_zigzag(std::uint32_t number) {
  return static_cast<int>(number >> 1) ^ -static_cast<int>(number & 1);
}

// One way to code a block.
struct Candidate {
  Coding coding = Coding::codes;
  std::vector<std::int16_t> numbers;
  std::vector<std::uint8_t> levels;
  std::vector<std::uint8_t> symbols;
  int base = 0;                               // The number that symbol 0 stands for.
  std::array<std::size_t, kLevels> counts{};  // By level.
  GroupingCost cost;
};

void choose_symbols(Candidate& way) {
  way.base = std::clamp<int>(*std::ranges::min_element(way.numbers), kLowestBase, 0);
  way.symbols.resize(way.numbers.size());
  std::array<Histogram, kLevels> histograms{};
  std::uint64_t escapes = 0;
  for (std::size_t i = 0; i < way.numbers.size(); ++i) {
    const auto above = static_cast<unsigned>(way.numbers[i] - way.base);
    const std::uint8_t symbol = above < kEscape ? static_cast<std::uint8_t>(above) : kEscape;
    escapes += symbol == kEscape;
    way.symbols[i] = symbol;
    ++histograms[way.levels[i]][symbol];
  }
  for (std::size_t level = 0; level < kLevels; ++level)
    way.counts[level] = std::accumulate(histograms[level].begin(), histograms[level].end(), std::size_t{0});
  way.cost = best_grouping(histograms);
  way.cost.bits += escapes * kEscapeBits;
}

// Of codes, or of differences.
Candidate by_size(Coding coding, std::vector<std::int16_t> numbers, const NeighbourArrays& near) {
  Candidate way{.coding = coding, .numbers = std::move(numbers)};
  way.levels.resize(way.numbers.size());
  for (std::size_t i = 0; i < way.numbers.size(); ++i)
    way.levels[i] = static_cast<std::uint8_t>(level_by_size({near.left[i], near.above[i]}));
  choose_symbols(way);
  return way;
}

Candidate by_prediction(std::span<const std::int16_t> codes, const NeighbourArrays& near) {
  Candidate way{.coding = Coding::predicted};
  way.numbers.resize(codes.size());
  way.levels.resize(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const Neighbours both{near.left[i], near.above[i]};
    way.numbers[i] = static_cast<std::int16_t>(codes[i] - mean_of(both));
    way.levels[i] = static_cast<std::uint8_t>(level_by_difference(both));
  }
  choose_symbols(way);
  return way;
}

Candidate by_difference(std::span<const std::int16_t> codes, std::span<const std::int16_t> before, Grid grid) {
  std::vector<std::int16_t> differences(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) differences[i] = static_cast<std::int16_t>(codes[i] - before[i]);
  const NeighbourArrays near(differences, grid);
  return by_size(Coding::difference, std::move(differences), near);
}

// Encodes the symbols of each context.
void encode_sorted(const Candidate& way, std::vector<std::byte>& to) {
  const auto context_of = way.cost.grouping.context_of();
  std::array<std::size_t, kLevels + 1> starts{};
  for (std::size_t level = 0; level < kLevels; ++level) starts[context_of[level] + 1U] += way.counts[level];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<std::uint8_t> sorted(way.symbols.size());
  auto next = starts;
  for (std::size_t i = 0; i < way.symbols.size(); ++i) sorted[next[context_of[way.levels[i]]]++] = way.symbols[i];
  for (std::size_t i = 0; i < way.cost.grouping.contexts(); ++i)
    encode_symbols(std::span(sorted).subspan(starts[i], starts[i + 1] - starts[i]), to);
}

void write(const Candidate& way, std::vector<std::byte>& to) {
  to.push_back(static_cast<std::byte>(way.coding));
  to.push_back(static_cast<std::byte>(way.base));
  to.push_back(static_cast<std::byte>(way.cost.grouping.borders));
  if (way.cost.grouping.contexts() == 1) {
    encode_symbols(way.symbols, to);
  } else {
    encode_sorted(way, to);
  }
  for (std::size_t i = 0; i < way.symbols.size(); ++i)
    if (way.symbols[i] == kEscape) put_varint(zigzag(way.numbers[i]), to);
}

// One context's symbols that are not yet used.
struct Unused {
  const std::uint8_t* next = nullptr;
  const std::uint8_t* end = nullptr;
};

// Reads the numbers of a block one after the other: the context of each depends on those before.
class NumberReader {
 public:
  // Returns false when the block's head or its symbols are impossible.
  bool open(std::span<const std::byte>& wire, std::size_t count) {
    if (wire.size() < 2) return false;
    base_ = std::to_integer<std::int8_t>(wire[0]);
    const Grouping grouping{std::to_integer<std::uint8_t>(wire[1])};
    wire = wire.subspan(2);
    if (base_ < kLowestBase || base_ > 0) return false;
    context_of_ = grouping.context_of();
    symbols_.resize(count);
    std::span<std::uint8_t> room = symbols_;
    for (std::size_t i = 0; i < grouping.contexts(); ++i) {
      contexts_[i].next = room.data();
      if (!decode_symbols(wire, room)) return false;
      contexts_[i].end = room.data();
    }
    wire_ = &wire;
    return room.empty();
  }

  // REQUIRES: open() succeeded, and its `wire` lives.
  bool next(std::size_t level, int& number) {
    Unused& context = contexts_[context_of_[level]];
    if (context.next == context.end) return false;
    const std::uint8_t symbol = *context.next++;
    number = base_ + symbol;
    return symbol != kEscape || next_escaped(number);
  }

 private:
  bool next_escaped(int& number) {
    std::uint32_t escaped = 0;
    if (!get_varint(*wire_, escaped) || escaped > 4U * kLargestCode) return false;
    number = from_zigzag(escaped);
    return true;
  }

  int base_ = 0;
  std::vector<std::uint8_t> symbols_;
  std::array<std::uint8_t, kLevels> context_of_{};
  std::array<Unused, kLevels> contexts_{};
  std::span<const std::byte>* wire_ = nullptr;
};

// Sets `to` to `number` iff no code is larger.
bool is_code(int number, std::int16_t& to) {
  to = static_cast<std::int16_t>(number);
  return std::abs(number) <= kLargestCode;
}

bool read_codes(NumberReader& from, Grid grid, std::span<std::int16_t> codes) {
  return each_with_neighbours(codes.data(), codes.size(), grid, [&](std::size_t i, Neighbours near) {
    int number = 0;
    return from.next(level_by_size(near), number) && is_code(number, codes[i]);
  });
}

bool read_predicted(NumberReader& from, Grid grid, std::span<std::int16_t> codes) {
  return each_with_neighbours(codes.data(), codes.size(), grid, [&](std::size_t i, Neighbours near) {
    int number = 0;
    return from.next(level_by_difference(near), number) && is_code(mean_of(near) + number, codes[i]);
  });
}

bool read_differences(NumberReader& from, std::span<const std::int16_t> before, Grid grid,
                      std::span<std::int16_t> codes) {
  std::vector<std::int16_t> differences(codes.size());
  return each_with_neighbours(differences.data(), codes.size(), grid, [&](std::size_t i, Neighbours near) {
    int number = 0;
    if (!from.next(level_by_size(near), number)) return false;
    differences[i] = static_cast<std::int16_t>(number);
    return is_code(before[i] + number, codes[i]);
  });
}

}  // namespace

bool encode_block(std::span<const std::int16_t> codes, std::span<const std::int16_t> before, Grid grid,
                  std::vector<std::byte>& to) {
  const NeighbourArrays near(codes, grid);
  Candidate best = by_size(Coding::codes, {codes.begin(), codes.end()}, near);
  const auto consider = [&](Candidate other) {
    if (other.cost.bits < best.cost.bits) best = std::move(other);
  };
  consider(by_prediction(codes, near));
  if (!before.empty()) consider(by_difference(codes, before, grid));
  write(best, to);
  return best.coding == Coding::difference;
}

bool decode_block(std::span<const std::byte>& wire, std::span<const std::int16_t> before, Grid grid,
                  std::span<std::int16_t> codes) {
  if (wire.empty()) return false;
  const auto coding = std::to_integer<std::uint8_t>(wire[0]);
  wire = wire.subspan(1);
  NumberReader numbers;
  if (!numbers.open(wire, codes.size())) return false;
  if (coding == static_cast<std::uint8_t>(Coding::codes)) return read_codes(numbers, grid, codes);
  if (coding == static_cast<std::uint8_t>(Coding::predicted)) return read_predicted(numbers, grid, codes);
  if (coding != static_cast<std::uint8_t>(Coding::difference) || before.empty()) return false;
  return read_differences(numbers, before, grid, codes);
}

}  // namespace tideline::codec
