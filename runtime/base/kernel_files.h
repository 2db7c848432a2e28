// Reads what the kernel tells in small files, such as those below /proc and /sys/fs/cgroup.
//
// A value that cannot be read is absent, never zero. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

// The two folders, so that tests can replace them.
struct MachineRoots {
  std::filesystem::path proc = "/proc";
  std::filesystem::path cgroup = "/sys/fs/cgroup";
};

// Returns the content of a small kernel file; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::filesystem::path& path);

// Returns the number at the start of the text or file.
std::optional<std::uint64_t> leading_number(std::string_view text);
std::optional<std::uint64_t> number_in_file(const std::filesystem::path& file);

// Returns the number that follows `key` and white space at the start of a line: "MemTotal:   24684092 kB".
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key);

}  // namespace tideline
