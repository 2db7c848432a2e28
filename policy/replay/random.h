// Random: numbers from a seed, the same on every machine and with every library.
//
// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). A value; belongs to one
// thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace tideline::replay {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // In [0, 1).
  double uniform(double from, double to) { return from + (to - from) * uniform(); }
  double exponential(double mean) { return -mean * std::log(1 - uniform()); }
  // By Box and Muller; uses one of the two values.
  double normal() { return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

 private:
  std::uint64_t state_;
};

}  // namespace tideline::replay
