#include "policy/replay/trace.h"

#include <algorithm>
#include <cmath>

namespace tideline::replay {

Result<Trace> Trace::make(Kind kind, std::vector<Row> rows) {
  if (rows.empty()) return error(ErrorKind::invalid, "no rows; add at least one");
  if (rows.size() > kMostTraceRows)
    return error(ErrorKind::invalid, "{} rows are more than the limit of {}", rows.size(), kMostTraceRows);
  if (rows.front().from != 0)
    return error(ErrorKind::invalid, "the first row is at {} s; a trace begins at 0", rows.front().from);
  const double most = kind == Kind::cpu ? 1 : kFastestTrace;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!(rows[i].value >= 0 && rows[i].value <= most))
      return error(ErrorKind::invalid, "row {}: {} is not within 0 to {}", i + 1, rows[i].value, most);
    if (kind == Kind::bandwidth && rows[i].value < 1) rows[i].value = 0;
    if (i > 0 && !(rows[i].from - rows[i - 1].from >= kShortestHold && rows[i].from <= kLongestTrace))
      return error(ErrorKind::invalid, "row {}: {} s does not come after {} s, or is beyond {} s", i + 1, rows[i].from,
                   rows[i - 1].from, kLongestTrace);
    if (i > 0 && rows[i].from - rows[i - 1].from > kLongestHold)
      return error(ErrorKind::invalid, "row {}: a gap of {} s; at most {} s may lie between rows", i + 1,
                   rows[i].from - rows[i - 1].from, kLongestHold);
  }
  if (kind == Kind::bandwidth && std::ranges::all_of(rows, [](const Row& row) { return row.value == 0; }))
    return error(ErrorKind::invalid, "the link is always down; make some value positive");
  return Trace(kind, std::move(rows));
}

Trace::Trace(Kind kind, std::vector<Row> rows) : kind_(kind), rows_(std::move(rows)) {
  const std::size_t n = rows_.size();
  const Seconds last = n > 1 ? rows_[n - 1].from - rows_[n - 2].from : 1;
  double sum = 0, zero = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ends_.push_back(i + 1 < n ? rows_[i + 1].from : rows_[i].from + last);
    const Seconds holds = ends_[i] - rows_[i].from;
    sums_.push_back(sum += rows_[i].value * holds);
    zeros_.push_back(zero += rows_[i].value == 0 ? holds : 0);
  }
  std::uint32_t row = 0;
  for (std::size_t b = 0; b < n; ++b) {
    const Seconds start = length() * static_cast<double>(b) / static_cast<double>(n);
    while (ends_[row] <= start) ++row;
    buckets_.push_back(row);
  }
}

Trace Trace::faster(double factor) const {
  std::vector<Row> rows = rows_;
  for (Row& row : rows) row.from /= factor;
  return Trace(kind_, std::move(rows));
}

Seconds Trace::phase(Seconds time) const {
  return time < length() ? time : std::fmod(time, length());
}

std::size_t Trace::row_at(Seconds phase) const {
  const auto n = static_cast<double>(rows_.size());
  std::size_t row = buckets_[std::min(static_cast<std::size_t>(phase / length() * n), rows_.size() - 1)];
  while (row > 0 && rows_[row].from > phase) --row;  // Rounding chose the next bucket.
  while (row + 1 < rows_.size() && ends_[row] <= phase) ++row;
  return row;
}

double Trace::at(Seconds time) const {
  return rows_[row_at(phase(time))].value;
}

// Returns the sum from the start to `time`, repetitions included.
double Trace::sum(Seconds time, const std::vector<double>& sums, bool zeros) const {
  const double times = std::floor(time / length());
  const Seconds in = std::max(0.0, time - times * length());
  const std::size_t row = row_at(in);
  const double value = zeros ? (rows_[row].value == 0 ? 1 : 0) : rows_[row].value;
  return times * sums.back() + (row > 0 ? sums[row - 1] : 0) + value * (in - rows_[row].from);
}

double Trace::integral(Seconds from, Seconds to) const {
  return std::max(0.0, sum(to, sums_, false) - sum(from, sums_, false));
}

Seconds Trace::zero_time(Seconds from, Seconds to) const {
  return zeros_.back() == 0 ? 0 : std::max(0.0, sum(to, zeros_, true) - sum(from, zeros_, true));
}

Seconds Trace::zero_since(Seconds time) const {
  Seconds in = phase(time), since = 0;
  for (std::size_t row = row_at(in); rows_[row].value == 0 && since <= length(); row = (row ? row : rows_.size()) - 1) {
    since += in - rows_[row].from;
    in = row > 0 ? ends_[row - 1] : length();
  }
  return std::min(since, time);
}

Seconds Trace::reach(Seconds from, double amount) const {
  const Seconds in = phase(from);
  std::size_t row = row_at(in);
  const double here = (ends_[row] - in) * rows_[row].value;
  if (amount <= here) return amount > 0 ? from + amount / rows_[row].value : from;
  double left = amount - here;
  Seconds gone = ends_[row] - in;
  const double rest = sums_.back() - sums_[row];
  if (left > rest) {  // Past the end, perhaps over whole repetitions.
    left -= rest;
    gone += length() - ends_[row];
    const double times = std::floor(left / sums_.back());
    left -= times * sums_.back();
    gone += times * length();
    row = static_cast<std::size_t>(-1);
  }
  const double target = (row == static_cast<std::size_t>(-1) ? 0 : sums_[row]) + left;
  const auto begin = sums_.begin() + static_cast<std::ptrdiff_t>(row + 1);
  const auto found = std::lower_bound(begin, sums_.end(), target);
  const auto last = static_cast<std::size_t>(std::min(found, sums_.end() - 1) - sums_.begin());
  const Seconds start = row == static_cast<std::size_t>(-1) ? 0 : ends_[row];
  const double before = last > 0 ? sums_[last - 1] : 0;
  const double value = rows_[last].value;
  return from + gone + (rows_[last].from - start) + (value > 0 ? (target - before) / value : 0);
}

}  // namespace tideline::replay
