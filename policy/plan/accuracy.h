// Accuracy: how many answers of a plan are right by labels, beside those of the whole network in fp32.
//
// Counts are exact; shares and intervals are computed from them. Values and pure functions. Thread-safe.
//
//   const Accuracy seen{.labelled = 188, .top1 = 131, .top5 = 170};
//   log("{}", to_string(Counted{seen.top1, seen.labelled}));  // "69.7 % (62.8 % to 75.8 %) of 188"
#pragma once

#include <cstdint>
#include <string>

namespace tideline::plan {

// Of `of` trials, `hits` succeeded. REQUIRES of all functions: hits <= of, and of is not zero.
struct Counted {
  std::uint64_t hits = 0;
  std::uint64_t of = 0;

  double share() const { return static_cast<double>(hits) / static_cast<double>(of); }
  bool operator==(const Counted&) const = default;
};

struct ShareInterval {
  double low = 0;
  double high = 1;
};

// Returns the 95 % interval of the share behind the trials, if these are independent: Wilson's score interval without
// correction for continuity (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212; method 3 of Newcombe 1998, Stat. Med. 17,
// 857-872). It lies within 0 and 1, and has a width even if all or no trial succeeded.
ShareInterval interval_of(const Counted& counted);

std::string to_string(const Counted& counted);  // "69.7 % (62.8 % to 75.8 %) of 188"

// Over the inputs with a known class. Top-1: the class of the largest number is right; top-5: one of the five largest.
struct Accuracy {
  std::uint32_t labelled = 0;
  std::uint32_t top1 = 0;
  std::uint32_t top5 = 0;
  std::uint32_t whole_top1 = 0;  // Of the whole network in fp32, over the same inputs.
  std::uint32_t whole_top5 = 0;

  bool operator==(const Accuracy&) const = default;
};

}  // namespace tideline::plan
