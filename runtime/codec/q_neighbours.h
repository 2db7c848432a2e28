// Neighbours: the numbers to the left of and above each number of a block, and what they tell about it.
//
// A block consists of planes (channels) of rows. Where one neighbour is outside the plane, the other stands for it;
// where both are, 0 does. Pure functions. Thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace tideline::codec {

struct Grid {
  std::size_t width = 1;  // Of a row.
  std::size_t plane = 1;  // Numbers of a plane: a multiple of width.
};

struct Neighbours {
  int left = 0;
  int above = 0;
};

// Writes the neighbours of all numbers at once, which is faster.
struct NeighbourArrays {
  NeighbourArrays(std::span<const std::int16_t> numbers, Grid grid);

  std::vector<std::int16_t> left, above;
};

// Calls `visit(i, neighbours)` for each of `count` numbers in order, until it returns false; it may write numbers[i].
template <typename Visit>
bool each_with_neighbours(const std::int16_t* numbers, std::size_t count, Grid grid, Visit visit) {
  for (std::size_t row = 0; row < count; row += grid.width) {
    const bool first = row % grid.plane == 0;
    const std::size_t end = std::min(row + grid.width, count);
    for (std::size_t i = row; i < end; ++i) {
      Neighbours near;
      if (i > row) near.left = numbers[i - 1];
      near.above = first ? near.left : numbers[i - grid.width];
      if (i == row) near.left = near.above;
      if (!visit(i, near)) return false;
    }
  }
  return true;
}

// A number's level is one of these.
inline constexpr std::size_t kLevels = 9;

// The place of the highest bit of each sum, at most kLevels - 2.
inline constexpr auto kLevelOfSum = [] {
  std::array<std::uint8_t, 65> levels{};
  for (unsigned sum = 0; sum < levels.size(); ++sum)
    levels[sum] =
        static_cast<std::uint8_t>(std::min(static_cast<int>(std::bit_width(sum)), static_cast<int>(kLevels) - 2));
  return levels;
}();

inline unsigned level_of(int sum) {
  return kLevelOfSum[static_cast<std::size_t>(std::min(sum, 64))];
}

// How large the neighbours are.
inline unsigned level_by_size(Neighbours near) {
  return level_of(std::abs(near.left) + std::abs(near.above));
}

// How different they are. Neighbours that are both 0 have a level of their own.
inline unsigned level_by_difference(Neighbours near) {
  if ((near.left | near.above) == 0) return kLevels - 1;
  return level_of(std::abs(near.left - near.above));
}

// The mean, rounded down.
inline int mean_of(Neighbours near) {
  return (near.left + near.above) >> 1;
}

}  // namespace tideline::codec
