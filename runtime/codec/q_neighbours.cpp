#include "runtime/codec/q_neighbours.h"

namespace tideline::codec {
namespace {

std::ptrdiff_t offset(std::size_t numbers) {
  return static_cast<std::ptrdiff_t>(numbers);
}

}  // namespace

// Shifts all numbers, then mends what came from outside a row or a plane.
NeighbourArrays::NeighbourArrays(std::span<const std::int16_t> numbers, Grid grid)
    : left(numbers.size()), above(numbers.size()) {
  const std::size_t count = numbers.size();
  if (count == 0) return;
  std::ranges::copy(numbers.first(count - 1), left.begin() + 1);
  if (count > grid.width) std::ranges::copy(numbers.first(count - grid.width), above.begin() + offset(grid.width));
  for (std::size_t row = 0; row < count; row += grid.width) {
    if (row % grid.plane != 0) {
      left[row] = above[row];
      continue;
    }
    left[row] = 0;
    const std::size_t end = std::min(row + grid.width, count);
    std::copy(left.begin() + offset(row), left.begin() + offset(end), above.begin() + offset(row));
  }
}

}  // namespace tideline::codec
