// LineFile: an append-only file of lines that belongs to one process at a time.
//
// The lock ends with the process, however it ends. Belongs to one thread.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tideline::journal {

class LineFile {
 public:
  static Result<LineFile> create(const std::filesystem::path& file);  // Invalid if it exists.
  static Result<LineFile> open(const std::filesystem::path& file);    // Invalid if another process has it.
  static Result<std::string> read(const std::filesystem::path& file);

  LineFile() = default;  // No file: append() fails.
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;
  ~LineFile();

  Result<std::string> text() const;
  Result<void> cut_to(std::size_t size);
  // Appends `line` with one write(). On error the file has not changed.
  Result<void> append(std::string_view line);
  // Returns once all appended lines survive a power cut.
  Result<void> sync();

 private:
  explicit LineFile(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace tideline::journal
