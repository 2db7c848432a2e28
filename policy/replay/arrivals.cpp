#include "policy/replay/arrivals.h"

#include "policy/replay/csv.h"
#include "policy/replay/random.h"

#include <algorithm>

namespace tideline::replay {
namespace {

Result<Seconds> request_time(std::string_view line, const std::vector<Seconds>& before) {
  const auto time = csv_number(line, "time");
  if (!time) return time.error();
  if (*time < 0 || *time > kLongestTrace)
    return error(ErrorKind::invalid, "{} s is not within 0 to {} s", *time, kLongestTrace);
  if (!before.empty() && *time < before.back())
    return error(ErrorKind::invalid, "{} s comes before the {} s of the line above; sort the rows", *time,
                 before.back());
  return *time;
}

}  // namespace

std::optional<Arrivals> parse_arrivals(std::string_view name) {
  if (name == "periodic") return Arrivals::periodic;
  if (name == "poisson") return Arrivals::poisson;
  if (name == "bursts") return Arrivals::bursts;
  return std::nullopt;
}

std::vector<Seconds> arrival_times(const ArrivalProcess& process, Seconds length, std::uint64_t seed) {
  const Seconds period = 1 / process.rate;
  const bool poisson = process.kind == Arrivals::poisson;
  auto most = static_cast<std::uint64_t>(length * process.rate);
  if (process.most > 0) most = process.most;
  most = std::max<std::uint64_t>(most, 1);
  std::vector<Seconds> times;
  Random random(seed);
  for (Seconds at = poisson ? random.exponential(period) : 0;;) {
    times.push_back(at);
    const std::uint64_t count = times.size();
    // A product, and not a sum: many equal gaps do not add up their rounding errors.
    if (poisson)
      at += random.exponential(period);
    else
      at = static_cast<double>(process.kind == Arrivals::bursts ? count - count % kBurst : count) * period;
    const bool by_time = poisson && process.most == 0;
    if (by_time ? at >= length : count >= most) return times;
  }
}

Result<std::vector<Seconds>> parse_requests(std::string_view csv) {
  if (csv.size() > kMostTraceText)
    return error(ErrorKind::invalid, "{} bytes are more than the limit of {}", csv.size(), kMostTraceText);
  if (csv.empty()) return error(ErrorKind::invalid, "the file is empty; begin with seconds");
  const std::string_view header = take_line(csv);
  if (header != "seconds" && header != "time_s")
    return error(ErrorKind::invalid, "line 1: '{}' is not a header of requests; write seconds", header.substr(0, 60));
  std::vector<Seconds> times;
  for (std::size_t number = 2; !csv.empty(); ++number) {
    const std::string_view line = take_line(csv);
    if (line.empty() && csv.empty()) break;
    const std::string where = fmt::format("line {}", number);
    if (times.size() == kMostTraceRows)
      return error(ErrorKind::invalid, "{}: more rows than the limit of {}", where, kMostTraceRows);
    const auto time = request_time(line, times);
    if (!time) return time.error().within(where);
    times.push_back(*time);
  }
  if (times.empty()) return error(ErrorKind::invalid, "no rows; add at least one");
  return times;
}

std::optional<double> mean_rate(const std::vector<Seconds>& times) {
  if (times.empty() || !(times.back() > times.front())) return std::nullopt;
  return static_cast<double>(times.size() - 1) / (times.back() - times.front());
}

}  // namespace tideline::replay
