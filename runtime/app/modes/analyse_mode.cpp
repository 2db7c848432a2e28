// agent --analyse: shows under which conditions another cut pays, how much and how surely.
#include "profiler/analysis/adaptivednn.h"
#include "profiler/analysis/analysis.h"
#include "profiler/journal/journal.h"
#include "profiler/report/report.h"
#include "runtime/app/config/files.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/print/analysis_csv.h"
#include "runtime/app/print/analysis_json.h"
#include "runtime/app/print/analysis_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace tideline::modes {
namespace {

Result<analysis::MeasurementSet> read(const config::Command& command) {
  const std::string& samples = command.config.profile.samples;
  if (command.format == "adaptivednn") return analysis::read_study(samples);
  const auto journal = journal::Journal::read(samples);
  if (!journal) return journal.error();
  auto measured = analysis::study_of(*journal);
  return measured ? std::move(measured) : measured.error().within(samples);
}

// The given cost of a swap, and some costs of other systems.
std::vector<Duration> swap_costs(Duration asked) {
  std::vector<Duration> costs{asked, std::chrono::milliseconds(1), std::chrono::milliseconds(50),
                              std::chrono::seconds(1)};
  std::ranges::sort(costs);
  costs.erase(std::unique(costs.begin(), costs.end()), costs.end());
  return costs;
}

Result<void> write(const std::string& file, const std::string& text) {
  if (file.empty()) return {};
  if (const auto written = config::write_atomically(file, text); !written) return written;
  fmt::print(stderr, "wrote {}\n", file);
  return {};
}

}  // namespace

config::ExitCode run_analyse(const config::Command& command) {
  const std::string& samples = command.config.profile.samples;
  if (!config::readable(samples))
    return fail(error(ErrorKind::invalid, "{}: no such file, or no permission to read it", samples),
                config::ExitCode::no_input);
  const auto measured = read(command);
  if (!measured) return fail(measured.error(), config::ExitCode::bad_data);
  const auto found = analyse(*measured, {.swap_costs = swap_costs(command.swap_cost)});
  if (!found) return fail(found.error().within(samples), config::ExitCode::bad_data);
  if (const auto written = write(command.csv, command.csv.empty() ? "" : print::analysis_csv(*measured, *found));
      !written)
    return fail(written.error(), config::ExitCode::cannot_create);
  if (const auto written = write(command.html, command.html.empty() ? "" : report::report_html(*measured, *found));
      !written)
    return fail(written.error(), config::ExitCode::cannot_create);
  std::fputs((command.json ? print::analysis_json(*measured, *found) : print::analysis_text(*measured, *found)).c_str(),
             stdout);
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
