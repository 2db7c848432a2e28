// Normal: a stream of standard normal numbers; a seed gives the same stream on every machine.
//
// std::normal_distribution differs between libraries, and log() and cos() between processors. So each number is a sum
// of twelve uniform whole numbers. Its mean and variance are exact, its shape is normal up to about three sigma, and
// its absolute value is at most six.
#pragma once

#include <cstdint>
#include <random>

namespace tideline::zoo {

class Normal {
 public:
  explicit Normal(std::uint64_t seed) : bits_(seed) {}

  double next() {
    std::int64_t sum = 0;
    for (int word = 0; word < 3; ++word) {
      const std::uint64_t four = bits_();
      sum += static_cast<std::int64_t>((four & 0xffff) + (four >> 16 & 0xffff) + (four >> 32 & 0xffff) + (four >> 48));
    }
    return static_cast<double>(sum - std::int64_t{6} * 65535) / 65536;
  }

  // Returns a whole number in [0, limit). REQUIRES: limit is a power of two.
  std::uint64_t whole(std::uint64_t limit) { return bits_() & (limit - 1); }

 private:
  std::mt19937_64 bits_;  // Its numbers are fixed by the C++ standard.
};

}  // namespace tideline::zoo
