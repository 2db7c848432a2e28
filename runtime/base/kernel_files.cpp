#include "runtime/base/kernel_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace tideline {
namespace {

constexpr std::size_t kSmallFile = 1 << 20;

}  // namespace

std::optional<std::string> read_small_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(4096, '\0');
  std::size_t size = 0;
  while (in.read(text.data() + size, static_cast<std::streamsize>(text.size() - size)), in.gcount() > 0) {
    size += static_cast<std::size_t>(in.gcount());
    if (size >= kSmallFile) break;
    if (size == text.size()) text.resize(std::min(2 * size, kSmallFile));
  }
  if (in.bad()) return std::nullopt;
  text.resize(size);
  return text;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    const auto value = line.find_first_not_of(" \t");
    if (value != 0 && value != std::string_view::npos) return leading_number(line.substr(value));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_in_file(const std::filesystem::path& file) {
  const auto text = read_small_file(file);
  return text ? leading_number(*text) : std::nullopt;
}

}  // namespace tideline
