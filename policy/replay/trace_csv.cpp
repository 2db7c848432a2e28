#include "policy/replay/trace_csv.h"

#include "policy/replay/csv.h"

#include <optional>

namespace tideline::replay {
namespace {

struct Column {
  std::string_view name;
  Trace::Kind kind;
  double unit;  // Value of one unit.
  double most;
};

constexpr Column kColumns[] = {{"mbit_per_s", Trace::Kind::bandwidth, 1e6, kFastestTrace / 1e6},
                               {"mbps", Trace::Kind::bandwidth, 1e6, kFastestTrace / 1e6},
                               {"kbit_per_s", Trace::Kind::bandwidth, 1e3, kFastestTrace / 1e3},
                               {"cpu_percent", Trace::Kind::cpu, 0.01, 100}};

std::optional<std::pair<std::string_view, std::string_view>> divided(std::string_view line) {
  const auto comma = line.find(',');
  if (comma == line.npos || line.find(',', comma + 1) != line.npos) return std::nullopt;
  return std::pair(line.substr(0, comma), line.substr(comma + 1));
}

Result<Column> header(std::string_view line) {
  const auto names = divided(line);
  if (names && (names->first == "seconds" || names->first == "time_s"))
    for (const Column& column : kColumns)
      if (names->second == column.name) return column;
  return error(ErrorKind::invalid, "'{}' is not a trace header; write seconds,mbit_per_s or seconds,cpu_percent",
               line.substr(0, 60));
}

// Parses one row. `last` is the row before it; absent before the first.
Result<Trace::Row> row(std::string_view line, const Column& column, const std::optional<Trace::Row>& last) {
  const auto fields = divided(line);
  if (!fields) return error(ErrorKind::invalid, "'{}' is not two fields separated by a comma", line.substr(0, 60));
  const auto time = csv_number(fields->first, "time"), value = csv_number(fields->second, "value");
  if (!time) return time.error();
  if (!value) return value.error();
  if (!last && *time != 0) return error(ErrorKind::invalid, "{} s is not 0; a trace begins at 0", *time);
  if (*time < 0 || *time > kLongestTrace)
    return error(ErrorKind::invalid, "{} s is not within 0 to {} s", *time, kLongestTrace);
  if (last && *time - last->from < kShortestHold)
    return error(ErrorKind::invalid, "{} s does not come after the {} s before it; sort the rows", *time, last->from);
  if (last && *time - last->from > kLongestHold)
    return error(ErrorKind::invalid, "a gap of {} s; at most {} s may lie between rows", *time - last->from,
                 kLongestHold);
  if (*value < 0 || *value > column.most)
    return error(ErrorKind::invalid, "{} {} is not within 0 to {}", *value, column.name, column.most);
  return Trace::Row{*time, *value * column.unit};
}

}  // namespace

Result<Trace> parse_trace(std::string_view csv) {
  if (csv.size() > kMostTraceText)
    return error(ErrorKind::invalid, "{} bytes are more than the limit of {}", csv.size(), kMostTraceText);
  std::optional<Column> column;
  std::vector<Trace::Row> rows;
  for (std::size_t number = 1; !csv.empty(); ++number) {
    const std::string_view line = take_line(csv);
    const std::string where = fmt::format("line {}", number);
    if (!column) {
      const auto read = header(line);
      if (!read) return read.error().within(where);
      column = *read;
      continue;
    }
    if (line.empty() && csv.empty()) break;
    if (rows.size() == kMostTraceRows)
      return error(ErrorKind::invalid, "{}: more rows than the limit of {}", where, kMostTraceRows);
    const auto read = row(line, *column, rows.empty() ? std::nullopt : std::optional(rows.back()));
    if (!read) return read.error().within(where);
    rows.push_back(*read);
  }
  if (!column) return error(ErrorKind::invalid, "the trace is empty; begin with seconds,mbit_per_s");
  return Trace::make(column->kind, std::move(rows));
}

std::string to_csv(const Trace& trace) {
  const bool cpu = trace.kind() == Trace::Kind::cpu;
  std::string csv = cpu ? "seconds,cpu_percent\n" : "seconds,mbit_per_s\n";
  for (const Trace::Row& row : trace.rows())
    csv += fmt::format("{},{}\n", row.from, cpu ? row.value * 100 : row.value / 1e6);
  return csv;
}

}  // namespace tideline::replay
