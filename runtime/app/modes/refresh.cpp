#include "runtime/app/modes/refresh.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/refresh.h"
#include "profiler/journal/lines_write.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace tideline::modes {
namespace {

constexpr std::string_view kWholeCampaign = "measure a whole campaign, with agent --profile and other files";

std::filesystem::path probe_file(const std::string& samples) {
  return samples + ".probe";
}

std::filesystem::path refreshed_file(const std::string& samples) {
  return samples + ".refreshed";
}

Result<void> check_finished_campaign(const journal::Measurements& measured) {
  if (measured.context.shard)
    return error(ErrorKind::invalid, "is the journal of a shard; refresh the merged one, or measure the shard again");
  for (const campaign::CellVisit& visit : campaign::design(measured.context))
    if (visit.role != campaign::Role::anchors && !measured.finished[visit.cell] && !measured.unreached[visit.cell])
      return error(ErrorKind::invalid, "its campaign is not finished; continue it with --resume");
  return {};
}

// What no refresh can bridge.
Result<void> check_same_subject(const journal::Context& in_file, const journal::Context& now) {
  journal::Context wanted = in_file;
  wanted.model = now.model;
  wanted.cuts = now.cuts;
  wanted.precisions = now.precisions;
  wanted.edge = now.edge;
  wanted.cloud = now.cloud;
  wanted.inputs = now.inputs;
  if (const auto differs = difference(in_file, wanted))
    return error(ErrorKind::invalid, "{}; {}", *differs, kWholeCampaign);
  return {};
}

Result<journal::Journal> whole_journal(const std::string& samples, const journal::Context& now) {
  auto journal = journal::Journal::read(samples);
  if (!journal) return journal;
  if (const auto finished = check_finished_campaign(journal->measured()); !finished)
    return finished.error().within(samples);
  if (const auto same = check_same_subject(journal->context(), now); !same) return same.error().within(samples);
  return journal;
}

// Measures the probe. Returns nothing if it was stopped.
Result<std::optional<campaign::Changes>> probed(const std::string& samples, const journal::Measurements& measured,
                                                const MeasureRest& measure) {
  const std::filesystem::path file = probe_file(samples);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);  // Of a refresh that was killed.
  auto probe = journal::Journal::write(file, campaign::begun_probe(measured));
  if (!probe) return probe.error();
  const auto complete = measure(*probe);
  std::filesystem::remove(file, ignored);
  if (!complete) return complete.error();
  if (!*complete) return std::optional<campaign::Changes>();
  return std::optional(campaign::changes_of(measured, probe->measured()));
}

std::string took(TimePoint began) {
  return to_string(std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began));
}

// Measures what the copy lacks.
Result<Refresh> completed(journal::Journal journal, const std::string& changed, const MeasureRest& measure) {
  const TimePoint began = Clock::now();
  const std::size_t kept = campaign::measured_cells(journal.measured()), had = journal.samples().size();
  const auto complete = measure(journal);
  if (!complete) return complete.error();
  if (!*complete)
    return Refresh{.end = Refresh::End::stopped,
                   .told = "stopped; table and journal are as before, and --refresh goes on where it was"};
  const std::size_t all = campaign::measured_cells(journal.measured());
  std::string told = fmt::format("{}: measured {} of {} conditions again, with {} samples in {}; kept the others",
                                 changed, all - kept, all, journal.samples().size() - had, took(began));
  return Refresh{.end = Refresh::End::measured, .told = std::move(told), .journal = std::move(journal)};
}

}  // namespace

Result<Refresh> refresh(const std::string& samples, const journal::Context& now, const MeasureRest& measure) {
  const auto old = whole_journal(samples, now);
  if (!old) return old.error();
  const std::filesystem::path copy = refreshed_file(samples);
  if (std::filesystem::exists(copy)) {
    auto journal = journal::Journal::resume(copy, old->context());
    if (!journal) return journal.error();
    return completed(*std::move(journal), "continued the refresh that was stopped", measure);
  }
  const TimePoint began = Clock::now();
  const auto changes = probed(samples, old->measured(), measure);
  if (!changes) return changes.error();
  if (!*changes) return Refresh{.end = Refresh::End::stopped, .told = "stopped; table and journal are as before"};
  if (!(*changes)->any())
    return Refresh{.told = fmt::format("{}: kept the table; looking took {}", to_string(**changes), took(began))};
  auto journal = journal::Journal::write(copy, campaign::still_valid(old->measured(), **changes));
  if (!journal) return journal.error();
  return completed(*std::move(journal), to_string(**changes), measure);
}

Result<void> replace_journal(const std::string& samples) {
  std::error_code problem;
  std::filesystem::rename(refreshed_file(samples), samples, problem);
  if (problem)
    return error(ErrorKind::internal, "cannot put {} in place of {}: {}; do so by hand",
                 refreshed_file(samples).string(), samples, problem.message());
  return {};
}

}  // namespace tideline::modes
