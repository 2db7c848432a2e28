#include "profiler/fit/measured_part.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tideline::fit {
namespace {

constexpr std::uint32_t kDropped = std::numeric_limits<std::uint32_t>::max();

// Returns the new number of each candidate.
std::vector<std::uint32_t> new_numbers(const journal::Measurements& measured) {
  std::vector<std::uint32_t> numbers(measured.context.candidates.size(), kDropped);
  for (const journal::Sample& sample : measured.samples)
    if (sample.cell == 0) numbers[sample.candidate] = 0;
  std::uint32_t next = 0;
  for (std::uint32_t& number : numbers)
    if (number != kDropped) number = next++;
  return numbers;
}

template <typename T>
std::vector<T> staying(const std::vector<T>& all, const std::vector<std::uint32_t>& numbers) {
  std::vector<T> stay;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (numbers[i] != kDropped) stay.push_back(all[i]);
  return stay;
}

// Samples of any kind.
template <typename T>
std::vector<T> renumbered(std::vector<T> all, const std::vector<std::uint32_t>& numbers) {
  std::erase_if(all, [&](const T& sample) { return numbers[sample.candidate] == kDropped; });
  for (T& sample : all) sample.candidate = numbers[sample.candidate];
  return all;
}

}  // namespace

journal::Measurements measured_part(const journal::Measurements& measured) {
  const std::vector<std::uint32_t> numbers = new_numbers(measured);
  const auto dropped = std::ranges::count(numbers, kDropped);
  if (dropped == 0 || static_cast<std::size_t>(dropped) == numbers.size()) return measured;
  journal::Measurements part = measured;
  part.context.candidates = staying(measured.context.candidates, numbers);
  part.context.anchors.clear();
  for (const std::uint32_t anchor : measured.context.anchors)
    if (numbers[anchor] != kDropped) part.context.anchors.push_back(numbers[anchor]);
  part.agreements = staying(measured.agreements, numbers);
  part.streams = staying(measured.streams, numbers);
  part.samples = renumbered(measured.samples, numbers);
  part.anchors = renumbered(measured.anchors, numbers);
  part.kept.former = renumbered(measured.kept.former, numbers);
  return part;
}

}  // namespace tideline::fit
