#include "bench/lib/arrivals.h"

#include "policy/replay/random.h"

namespace tideline {

std::optional<Arrivals> parse_arrivals(std::string_view name) {
  if (name == "poisson") return Arrivals::poisson;
  if (name == "periodic") return Arrivals::periodic;
  if (name == "bursts") return Arrivals::bursts;
  return std::nullopt;
}

std::vector<double> arrival_times(Arrivals arrivals, double rate, double seconds, std::uint64_t seed) {
  std::vector<double> times;
  replay::Random random(seed);
  double time = arrivals == Arrivals::poisson ? random.exponential(1 / rate) : 0;
  while (time < seconds) {
    times.push_back(time);
    const std::size_t count = times.size();
    // A product, and not a sum: many equal gaps do not add up their rounding errors.
    if (arrivals == Arrivals::poisson) time += random.exponential(1 / rate);
    if (arrivals == Arrivals::periodic) time = static_cast<double>(count) / rate;
    if (arrivals == Arrivals::bursts) time = static_cast<double>(count - count % kBurst) / rate;
  }
  return times;
}

}  // namespace tideline
