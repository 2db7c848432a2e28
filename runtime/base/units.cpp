#include "runtime/base/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace tideline {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 7> kByteUnits{
    {{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}}};
constexpr std::array<Unit, 8> kRateUnits{{{"bit/s", 1},
                                          {"kbit/s", 1e3},
                                          {"Mbit/s", 1e6},
                                          {"Gbit/s", 1e9},
                                          {"bit", 1},
                                          {"kbit", 1e3},
                                          {"mbit", 1e6},
                                          {"gbit", 1e9}}};
constexpr std::array<Unit, 6> kTimeUnits{
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}}};
constexpr std::array<Unit, 1> kShareUnits{{{"%", 0.01}}};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Parses "NUMBER UNIT". `what` and `example` appear in the error message.
Result<double> parse(std::string_view text, std::span<const Unit> units, std::string_view what,
                     std::string_view example) {
  const std::string_view whole = trim(text);
  double number = 0;
  const auto [end, failed] = std::from_chars(whole.data(), whole.data() + whole.size(), number);
  const std::string_view unit = trim(whole.substr(static_cast<std::size_t>(end - whole.data())));
  if (failed != std::errc{} || !std::isfinite(number))
    return error(ErrorKind::invalid, "'{}' is not {}; write for example {}", text, what, example);
  if (unit.empty()) return error(ErrorKind::invalid, "'{}' has no unit; write for example {}", text, example);
  for (const Unit& known : units)
    if (known.name == unit) return number * known.factor;
  return error(ErrorKind::invalid, "'{}' is not a unit of {}; write for example {}", unit, what, example);
}

// Prints three significant digits (all digits above 1000) in the largest unit that keeps the number at 1 or more.
// REQUIRES: units ascend by factor.
std::string print(double value, std::span<const Unit> units) {
  constexpr double kRoundsUp = 0.9995;  // 999.5 and more would print as 1000 of the smaller unit.
  const Unit* unit = &units.front();
  for (const Unit& candidate : units)
    if (value >= candidate.factor * kRoundsUp) unit = &candidate;
  const double number = value / unit->factor;
  return number >= 999.5 ? fmt::format("{:.0f} {}", number, unit->name) : fmt::format("{:.3g} {}", number, unit->name);
}

}  // namespace

Result<Bytes> parse_bytes(std::string_view text) {
  const Result<double> count = parse(text, kByteUnits, "a size", "512 MiB");
  if (!count) return count.error();
  if (*count < 0 || *count > 1e18)
    return error(ErrorKind::invalid, "'{}' is not a size that memory or disk can have", text);
  return Bytes{static_cast<std::uint64_t>(std::llround(*count))};
}

Result<BitsPerSecond> parse_rate(std::string_view text) {
  const Result<double> rate = parse(text, kRateUnits, "a rate", "25 Mbit/s");
  if (!rate) return rate.error();
  if (*rate <= 0) return error(ErrorKind::invalid, "'{}' is not a rate above zero", text);
  return BitsPerSecond{*rate};
}

Result<Duration> parse_duration(std::string_view text) {
  const Result<double> time = parse(text, kTimeUnits, "a duration", "250 ms");
  if (!time) return time.error();
  if (*time < 0 || *time > 1e9)
    return error(ErrorKind::invalid, "'{}' is not a duration between zero and thirty years", text);
  return Duration{std::llround(*time * 1e9)};
}

Result<double> parse_share(std::string_view text) {
  const Result<double> share = parse(text, kShareUnits, "a share", "60 %");
  if (!share) return share.error();
  if (*share < 0 || *share > 1) return error(ErrorKind::invalid, "'{}' is not a share between 0 % and 100 %", text);
  return *share;
}

std::string to_string(Bytes bytes) {
  static constexpr std::array<Unit, 4> kShown{{{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}}};
  return print(static_cast<double>(bytes.count), kShown);
}

std::string to_string(BitsPerSecond rate) {
  return print(rate.value, std::span(kRateUnits).first(4));
}

std::string to_string(Duration duration) {
  return print(seconds(duration), std::span(kTimeUnits).first(4));
}

std::string share_to_string(double share) {
  return fmt::format("{:.3g} %", share * 100);
}

}  // namespace tideline
