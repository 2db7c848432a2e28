// Journal: an append-only file of measurements that survives any kill.
//
// JSON Lines: the context first, then one line per sample, anchor, failure and imposition, each written with one
// write(). A last line that was cut off is dropped on resume; anything else that is wrong is an error. kill -9 loses
// nothing that an append returned ok for; a power cut may lose what was appended since the last imposition, at most 64
// lines. Format: profiler/README.md. Belongs to one thread.
#pragma once

#include "profiler/journal/line_file.h"
#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

struct Lines;

class Journal {
 public:
  // Starts a new file. Returns invalid when it exists already: journals are never overwritten. While it lives, no other
  // process can go on with the file.
  static Result<Journal> create(const std::filesystem::path& file, const Context& context);
  // Goes on with an existing file. Returns invalid, naming the first field that differs, when its context is another
  // one.
  static Result<Journal> resume(const std::filesystem::path& file, const Context& context);
  // Reads a file without going on with it: append() is then invalid.
  static Result<Journal> read(const std::filesystem::path& file);

  // Writes a new file that holds all of `measured`. Returns invalid when the file exists or something does not belong.
  static Result<Journal> write(const std::filesystem::path& file, const Measurements& measured);

  const Measurements& measured() const { return measured_; }
  const Context& context() const { return measured_.context; }
  const std::vector<Sample>& samples() const { return measured_.samples; }
  const std::vector<std::optional<Agreement>>& agreements() const { return measured_.agreements; }  // By candidate.
  bool has(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) const;

  // Each returns invalid for what does not belong to the campaign, was measured already or has no sensible times, and
  // internal when the disk refuses it. A line is in the file wholly or not at all.
  Result<void> append(const Sample& sample);
  Result<void> append(const AnchorSample& sample);
  Result<void> append_agreement(std::uint32_t candidate, const Agreement& agreement);
  Result<void> append_failure(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                              std::string_view reason);
  Result<void> append_imposed(std::uint32_t cell, const ImposedLoad& imposed);
  Result<void> append_unreached(std::uint32_t cell, std::string_view reason);
  Result<void> append_finished(std::uint32_t cell);

 private:
  Journal(LineFile file, Lines lines);
  Result<void> sync_now_and_then();

  LineFile file_;  // None when it was only read.
  Measurements measured_;
  std::vector<bool> taken_;  // By place_of(): whether there is a sample.
  int unsynced_ = 0;         // Lines.
};

}  // namespace tideline
