// Scrape: what an agent's /metrics said at one moment, and what Prometheus would make of it: promtool is asked.
#pragma once

#include "tests/support/child.h"
#include "tests/support/temporary.h"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace tideline {

inline const std::filesystem::path kRules = TIDELINE_SOURCE "/configs/prometheus/tideline.rules.yml";

inline Ran promtool(const std::vector<std::string>& arguments) {
  std::string line = "promtool";
  for (const std::string& one : arguments) line += " '" + one + "'";
  return run({"/bin/sh", "-c", line});
}

inline bool has_promtool() {
  return run({"/bin/sh", "-c", "command -v promtool"}).code == 0;
}

// The lines of a page, by their series: tideline_peer_up{peer="a:7070"}.
using Scrape = std::map<std::string, double>;

inline std::string page_of(std::uint16_t port) {
  const auto page = httplib::Client("127.0.0.1", port).Get("/metrics");
  return page ? page->body : "";
}

inline Scrape lines_of(const std::string& page) {
  Scrape lines;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.rfind(' ');
    if (!line.starts_with('#') && space != line.npos)
      lines[line.substr(0, space)] = std::strtod(&line[space + 1], nullptr);
  }
  return lines;
}

inline Scrape scrape(std::uint16_t port) {
  return lines_of(page_of(port));
}

// The names of the families in a page.
inline std::set<std::string> families(const std::string& page) {
  std::set<std::string> names;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("# TYPE ")) names.insert(line.substr(7, line.find(' ', 7) - 7));
  return names;
}

// Returns the values of a series in promtool's form: as they were, then changing on as they did between both scrapes,
// for four hours. Promtool's clock begins at 0, so times of the calendar count from now.
inline std::string values_of(const std::string& series, double first, double second) {
  if (series.starts_with("tideline_certificate_expiry_timestamp_seconds")) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const double left = second - std::chrono::duration<double>(now).count();
    first = second = std::max(left, 0.0);
  }
  const bool counts = series.find("_total") != series.npos || series.find("_bucket") != series.npos ||
                      series.find("_count") != series.npos || series.find("_sum") != series.npos;
  const double step = counts ? second - first : 0;
  return fmt::format("{:.6f}+{:.6f}x240", second, step);
}

// Returns the alerts that fire if an agent says `first`, and a minute later `second`, and goes on so for four hours.
// Nothing if promtool fails.
inline std::set<std::string> alerts(const Scrape& first, const Scrape& second) {
  std::string test = fmt::format(
      "rule_files: [{}]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n", kRules.string());
  for (const auto& [series, value] : second) {
    if (std::isnan(value)) continue;
    const auto before = first.find(series);
    const std::size_t brace = series.find('{');
    std::string labelled = series.substr(0, brace) + "{job=\"tideline\",instance=\"agent\"";
    labelled += brace == series.npos ? "}" : "," + series.substr(brace + 1);
    test += fmt::format("      - series: '{}'\n        values: '{}'\n", labelled,
                        values_of(series, before == first.end() ? 0 : before->second, value));
  }
  // No test expects this, so promtool prints the alerts that fire.
  test +=
      "    promql_expr_test:\n      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})\n"
      "        eval_time: 4h\n        exp_samples: [{labels: '{alertname=\"None\"}', value: 1}]\n";
  const TemporaryFolder folder;
  const Ran tested = promtool({"test", "rules", folder.with("test.yml", test)});
  const std::string told = tested.out + tested.err;
  std::set<std::string> names;
  const std::size_t got = told.find("got:");
  const std::string mark = "alertname=\"";
  for (std::size_t at = told.find(mark, got == told.npos ? told.size() : got); at != told.npos;
       at = told.find(mark, at + 1))
    names.insert(told.substr(at + mark.size(), told.find('"', at + mark.size()) - at - mark.size()));
  return names;
}

}  // namespace tideline
