#include "profiler/journal/oddities.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tideline::journal {
namespace {

constexpr std::array<std::string_view, 6> kWords{"blank",
                                                 "repeated",
                                                 "of a type that this version does not know",
                                                 "of a measurement of 0 ns",
                                                 "without a measured time",
                                                 "cut off at the end of the file"};

}  // namespace

void Oddities::add(Oddity oddity, const std::string& place) {
  Met& met = met_[oddity];
  if (met.count++ == 0) met.first = place;
}

void Oddities::add(const Oddities& part, const std::string& within) {
  for (const auto& [oddity, others] : part.met_) {
    Met& met = met_[oddity];
    if (met.count == 0) met.first = fmt::format("{}: {}", within, others.first);
    met.count += others.count;
  }
}

std::size_t Oddities::count(Oddity oddity) const {
  const auto met = met_.find(oddity);
  return met == met_.end() ? 0 : met->second.count;
}

std::vector<std::string> Oddities::remarks() const {
  std::vector<std::string> all;
  for (const auto& [oddity, met] : met_) {
    const std::string_view what = kWords[static_cast<std::size_t>(oddity)];
    all.push_back(met.count == 1
                      ? fmt::format("1 line is {}, and left out: {}", what, met.first)
                      : fmt::format("{} lines are {}, and left out; the first is {}", met.count, what, met.first));
  }
  return all;
}

}  // namespace tideline::journal
