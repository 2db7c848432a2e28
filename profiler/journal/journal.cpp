#include "profiler/journal/journal.h"

#include "policy/table/input_limits.h"
#include "profiler/journal/campaign_checks.h"
#include "profiler/journal/lines_read.h"
#include "profiler/journal/lines_write.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tideline::journal {
namespace {

constexpr int kLinesBetweenSyncs = 64;
// The common beginning of every context line: it identifies a journal that was cut off in its first line.
constexpr std::string_view kFirstWords = R"({"type":"context","format":"tideline-samples",)";

bool begins_like_a_journal(std::string_view text) {
  return text.substr(0, kFirstWords.size()) == kFirstWords.substr(0, text.size());
}

// Writes and parses the context: fails now if the journal could not be read back.
Result<Lines> as_read_back(const Context& context) {
  if (auto ok = check(context); !ok) return ok.error();
  return parse_lines(line_of(context));
}

struct Opened {
  LineFile file;
  Lines lines;
};

Result<Opened> start(LineFile file, const Context& context) {
  auto lines = as_read_back(context);
  if (!lines) return lines.error();
  if (auto ok = file.append(line_of(context)); !ok) return ok.error();
  if (auto ok = file.sync(); !ok) return ok.error();
  return Opened{std::move(file), *std::move(lines)};
}

Result<Opened> go_on(const std::filesystem::path& path, const Context& context) {
  const auto wanted = as_read_back(context);
  if (!wanted) return wanted.error();
  auto file = LineFile::open(path);
  if (!file) return file.error();
  const auto text = file->text();
  if (!text) return text.error();
  auto lines = parse_lines(*text);
  if (!lines) return lines.error();
  if (!lines->measured && !begins_like_a_journal(*text))
    return error(ErrorKind::invalid, "line 1: not a journal of measurements; name another file");
  if (lines->measured)
    if (const auto differs = difference(lines->measured->context, wanted->measured->context))
      return error(ErrorKind::invalid, "{}; resume with the same settings or name a new file", *differs);
  if (auto ok = file->cut_to(lines->complete); !ok) return ok.error();
  if (!lines->measured) return start(*std::move(file), context);
  return Opened{*std::move(file), *std::move(lines)};
}

Result<Lines> look_at(const std::filesystem::path& path) {
  const auto text = LineFile::read(path);
  if (!text) return text.error();
  auto lines = parse_lines(*text);
  if (lines && !lines->measured)
    return error(ErrorKind::invalid, "line 1: incomplete line; not a journal of measurements");
  return lines;
}

}  // namespace

Journal::Journal(LineFile file, Lines lines)
    : file_(std::move(file)),
      measured_(*std::move(lines.measured)),
      odd_(std::move(lines.odd)),
      taken_(std::move(lines.taken)) {}

Result<Journal> Journal::create(const std::filesystem::path& file, const Context& context) {
  if (auto ok = as_read_back(context); !ok) return ok.error().within(file.string());
  auto created = LineFile::create(file);
  if (!created) return created.error().within(file.string());
  auto opened = start(*std::move(created), context);
  if (!opened) return opened.error().within(file.string());
  return Journal(std::move(opened->file), std::move(opened->lines));
}

Result<Journal> Journal::resume(const std::filesystem::path& file, const Context& context) {
  auto opened = go_on(file, context);
  if (!opened) return opened.error().within(file.string());
  return Journal(std::move(opened->file), std::move(opened->lines));
}

Result<Journal> Journal::read(const std::filesystem::path& file) {
  auto lines = look_at(file);
  if (!lines) return lines.error().within(file.string());
  return Journal(LineFile(), *std::move(lines));
}

Result<Journal> Journal::write(const std::filesystem::path& file, const Measurements& measured) {
  auto journal = create(file, measured.context);
  if (!journal) return journal;
  Result<void> ok;
  for (std::uint32_t i = 0; i < measured.agreements.size() && ok; ++i)
    if (measured.agreements[i]) ok = journal->append_agreement(i, *measured.agreements[i]);
  for (std::uint32_t i = 0; i < measured.streams.size() && ok; ++i)
    if (measured.streams[i]) ok = journal->append_stream(i, *measured.streams[i]);
  for (std::uint32_t i = 0; i < measured.imposed.size() && ok; ++i)
    if (measured.imposed[i]) ok = journal->append_imposed(i, *measured.imposed[i]);
  for (std::uint32_t i = 0; i < measured.unreached.size() && ok; ++i)
    if (measured.unreached[i]) ok = journal->append_unreached(i, *measured.unreached[i]);
  if (ok) ok = journal->append_kept(measured.kept);
  for (std::size_t i = 0; i < measured.samples.size() && ok; ++i) ok = journal->append(measured.samples[i]);
  for (std::size_t i = 0; i < measured.anchors.size() && ok; ++i) ok = journal->append(measured.anchors[i]);
  for (std::uint32_t i = 0; i < measured.finished.size() && ok; ++i)
    if (measured.finished[i]) ok = journal->append_finished(i);
  if (ok) ok = journal->file_.sync();
  if (!ok) return ok.error().within(file.string());
  return journal;
}

bool Journal::has(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const {
  return check_step(cell, candidate, repetition, context()) && taken_[place_of(context(), cell, candidate, repetition)];
}

Result<void> Journal::append(const Sample& sample) {
  if (auto ok = check(sample, context()); !ok) return ok;
  if (has(sample.cell, sample.candidate, sample.repetition))
    return error(ErrorKind::invalid, "cell {}, candidate {}, repetition {} was measured already", sample.cell,
                 sample.candidate, sample.repetition);
  if (auto ok = file_.append(line_of(sample)); !ok) return ok;
  taken_[place_of(context(), sample.cell, sample.candidate, sample.repetition)] = true;
  measured_.samples.push_back(sample);
  return sync_now_and_then();
}

Result<void> Journal::append(const AnchorSample& sample) {
  if (auto ok = check(sample, context()); !ok) return ok;
  const auto same = [&sample](const AnchorSample& other) {
    return std::tie(sample.shard, sample.visit, sample.candidate, sample.repetition) ==
           std::tie(other.shard, other.visit, other.candidate, other.repetition);
  };
  if (std::any_of(measured_.anchors.begin(), measured_.anchors.end(), same))
    return error(ErrorKind::invalid, "visit {}, candidate {}, repetition {} was measured already", sample.visit,
                 sample.candidate, sample.repetition);
  if (auto ok = file_.append(line_of(sample)); !ok) return ok;
  measured_.anchors.push_back(sample);
  return sync_now_and_then();
}

Result<void> Journal::append_agreement(std::uint32_t candidate, const plan::Agreement& agreement) {
  if (auto ok = check(candidate, agreement, context()); !ok) return ok;
  if (measured_.agreements[candidate])
    return error(ErrorKind::invalid, "the agreement of candidate {} was measured already", candidate);
  if (auto ok = file_.append(agreement_line(candidate, agreement)); !ok) return ok;
  measured_.agreements[candidate] = agreement;
  return sync_now_and_then();
}

Result<void> Journal::append_stream(std::uint32_t candidate, Bytes bytes) {
  if (auto ok = check_stream(candidate, bytes, context()); !ok) return ok;
  if (measured_.streams[candidate])
    return error(ErrorKind::invalid, "the stream of candidate {} was measured already", candidate);
  if (auto ok = file_.append(stream_line(candidate, bytes)); !ok) return ok;
  measured_.streams[candidate] = bytes;
  return sync_now_and_then();
}

Result<void> Journal::append_failure(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                                     std::string_view reason) {
  if (auto ok = check_step(cell, candidate, repetition, context()); !ok) return ok;
  if (auto ok = file_.append(failure_line(cell, candidate, repetition, reason)); !ok) return ok;
  return sync_now_and_then();
}

Result<void> Journal::append_imposed(std::uint32_t cell, const ImposedLoad& imposed) {
  if (auto ok = check_step(cell, 0, 0, context()); !ok) return ok;
  if (auto ok = table::check(imposed.achieved, "achieved"); !ok) return ok;
  unsynced_ = kLinesBetweenSyncs;  // A new cell: the samples so far are synced with it.
  if (auto ok = file_.append(imposed_line(cell, imposed)); !ok) return ok;
  measured_.imposed[cell] = imposed;
  return sync_now_and_then();
}

Result<void> Journal::append_unreached(std::uint32_t cell, std::string_view reason) {
  if (auto ok = check_step(cell, 0, 0, context()); !ok) return ok;
  if (auto ok = file_.append(unreached_line(cell, reason)); !ok) return ok;
  measured_.unreached[cell] = std::string(reason.substr(0, kLongestReason));
  return sync_now_and_then();
}

Result<void> Journal::append_finished(std::uint32_t cell) {
  if (auto ok = check_step(cell, 0, 0, context()); !ok) return ok;
  if (auto ok = file_.append(finished_line(cell)); !ok) return ok;
  measured_.finished[cell] = true;
  return sync_now_and_then();
}

Result<void> Journal::append_kept(const Kept& kept) {
  for (const Sample& sample : kept.former) {
    if (auto ok = check(sample, context()); !ok) return ok;
    if (auto ok = file_.append(former_line(sample)); !ok) return ok;
  }
  for (const std::uint32_t cell : kept.cells) {
    if (auto ok = check_step(cell, 0, 0, context()); !ok) return ok;
    if (auto ok = file_.append(kept_line(cell)); !ok) return ok;
  }
  measured_.kept = kept;
  return {};
}

Result<void> Journal::sync_now_and_then() {
  if (++unsynced_ < kLinesBetweenSyncs) return {};
  unsynced_ = 0;
  return file_.sync();
}

}  // namespace tideline::journal
