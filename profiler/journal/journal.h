// Journal: an append-only file of a campaign's measurements that survives any kill.
//
// JSON Lines: first the context, then one line per sample, anchor, failure and imposed load, each written with one
// write(). Noise (oddities.h) is left out and counted, and a resume drops an incomplete last line; any other fault is
// an error. kill -9 loses nothing that append() returned ok for. A power cut may lose the lines since the last imposed
// load, at most 64. Format: profiler/README.md. Belongs to one thread.
//
//   Result<Journal> journal = Journal::create("samples.jsonl", context);
//   if (!journal) return journal.error();
//   if (auto ok = journal->append(Sample{.cell = 0, .candidate = 1, .terms = terms}); !ok) return ok.error();
//   Result<PartitionTable> table = build_table(journal->measured(), created);
#pragma once

#include "profiler/journal/line_file.h"
#include "profiler/journal/oddities.h"
#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::journal {

struct Lines;

class Journal {
 public:
  // Starts a new file. Returns invalid if it exists: journals are never overwritten. While the journal lives, no other
  // process can open the file for appending.
  static Result<Journal> create(const std::filesystem::path& file, const Context& context);
  // Continues an existing file. Returns invalid, naming the first field that differs, if its context differs.
  static Result<Journal> resume(const std::filesystem::path& file, const Context& context);
  // Reads a file. append() then returns invalid.
  static Result<Journal> read(const std::filesystem::path& file);

  // Writes a new file with all of `measured`. Returns invalid if the file exists or something does not belong to the
  // campaign.
  static Result<Journal> write(const std::filesystem::path& file, const Measurements& measured);

  const Measurements& measured() const { return measured_; }
  const Context& context() const { return measured_.context; }
  const std::vector<Sample>& samples() const { return measured_.samples; }
  const std::vector<std::optional<plan::Agreement>>& agreements() const {
    return measured_.agreements;
  }  // By candidate.
  const std::vector<std::optional<Bytes>>& streams() const { return measured_.streams; }  // By candidate.
  // What was left out when the file was read; nothing of a new journal.
  const Oddities& odd() const { return odd_; }
  bool has(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const;

  // These return invalid for a line that does not belong to the campaign, was measured already or has impossible times.
  // They return internal if the disk fails. A line is in the file completely or not at all.
  Result<void> append(const Sample& sample);
  Result<void> append(const AnchorSample& sample);
  Result<void> append_agreement(std::uint32_t candidate, const plan::Agreement& agreement);
  Result<void> append_stream(std::uint32_t candidate, Bytes bytes);
  Result<void> append_failure(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                              std::string_view reason);
  Result<void> append_imposed(std::uint32_t cell, const ImposedLoad& imposed);
  Result<void> append_unreached(std::uint32_t cell, std::string_view reason);
  Result<void> append_finished(std::uint32_t cell);

 private:
  Journal(LineFile file, Lines lines);
  Result<void> append_kept(const Kept& kept);
  Result<void> sync_now_and_then();

  LineFile file_;  // No file if it was only read.
  Measurements measured_;
  Oddities odd_;
  std::vector<bool> taken_;  // By place_of(): whether the sample exists.
  int unsynced_ = 0;         // Lines.
};

}  // namespace tideline::journal
