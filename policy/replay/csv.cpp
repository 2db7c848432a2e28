#include "policy/replay/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tideline::replay {

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<double> csv_number(std::string_view text, std::string_view what) {
  if (text.empty()) return error(ErrorKind::invalid, "the {} is missing; fill the gap, or split the trace", what);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  return error(ErrorKind::invalid, "'{}' is not a number", text.substr(0, 40));
}

}  // namespace tideline::replay
