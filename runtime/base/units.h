// Units: quantities with units (bytes, rates, times, shares); parses and prints them.
//
//     const Result<BitsPerSecond> rate = parse_rate("25 Mbit/s");
//     if (!rate) return rate.error();
//     const Duration time = rate->time_for(2_MiB);
//     log->info("2 MiB take {}", to_string(time));
//
// A number without a unit is refused, so that "25" never means bytes to one reader and megabits to another. Rates are
// decimal (1 Mbit/s = 1e6 bit/s); "MiB" is 2^20 bytes and "MB" is 1e6. Space before the unit is optional. Every
// to_string() prints a text that the matching parse function reads back to the same value, to three significant digits.
//
// Must compile as C++17, like every file that includes libtorch (clang reads libtorch's headers only as C++17).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tideline {

struct Bytes {
  std::uint64_t count = 0;
  friend constexpr bool operator==(Bytes a, Bytes b) { return a.count == b.count; }
  friend constexpr bool operator!=(Bytes a, Bytes b) { return a.count != b.count; }
  friend constexpr bool operator<(Bytes a, Bytes b) { return a.count < b.count; }
  friend constexpr bool operator>(Bytes a, Bytes b) { return a.count > b.count; }
  friend constexpr bool operator<=(Bytes a, Bytes b) { return a.count <= b.count; }
  friend constexpr bool operator>=(Bytes a, Bytes b) { return a.count >= b.count; }
};

struct BitsPerSecond {
  double value = 0;
  friend constexpr bool operator==(BitsPerSecond a, BitsPerSecond b) { return a.value == b.value; }
  friend constexpr bool operator!=(BitsPerSecond a, BitsPerSecond b) { return a.value != b.value; }
  friend constexpr bool operator<(BitsPerSecond a, BitsPerSecond b) { return a.value < b.value; }
  friend constexpr bool operator>(BitsPerSecond a, BitsPerSecond b) { return a.value > b.value; }
  friend constexpr bool operator<=(BitsPerSecond a, BitsPerSecond b) { return a.value <= b.value; }
  friend constexpr bool operator>=(BitsPerSecond a, BitsPerSecond b) { return a.value >= b.value; }

  // Returns the transmission time of `bytes` at this rate. REQUIRES: value > 0.
  Duration time_for(Bytes bytes) const { return from_seconds(static_cast<double>(bytes.count) * 8 / value); }
};

inline constexpr Bytes operator""_KiB(unsigned long long n) {
  return {n << 10};
}
inline constexpr Bytes operator""_MiB(unsigned long long n) {
  return {n << 20};
}
inline constexpr BitsPerSecond operator""_Mbps(unsigned long long n) {
  return {static_cast<double>(n) * 1e6};
}

Result<Bytes> parse_bytes(std::string_view text);         // "512 MiB", "64 KB", "0 B"
Result<BitsPerSecond> parse_rate(std::string_view text);  // "25 Mbit/s", "500 kbit/s", tc's "25mbit"; > 0
Result<Duration> parse_duration(std::string_view text);   // "250 ms", "1.5 s", "10 min", "20 us"; >= 0
Result<double> parse_share(std::string_view text);        // "60 %" -> 0.6; 0 % to 100 %

std::string to_string(Bytes bytes);
std::string to_string(BitsPerSecond rate);
std::string to_string(Duration duration);
std::string share_to_string(double share);

}  // namespace tideline
