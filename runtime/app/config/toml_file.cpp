#include "runtime/app/config/toml_file.h"

#include "runtime/base/file.h"

#include <algorithm>
#include <string_view>

namespace tideline::config {
namespace {

constexpr Bytes kMost = 1_MiB;
constexpr std::size_t kLongestLine = std::size_t{64} << 10;
constexpr int kDots = 32;
constexpr int kDepth = 16;

bool controls(char c) {
  const auto code = static_cast<unsigned char>(c);
  return (code < 0x20 && c != '\t') || code == 0x7f;
}

// Returns the end of the quoted text that begins at `at`: its closing quote, or the end of the line. In TOML, single
// quotes have no escapes.
std::size_t end_of_quoted(std::string_view line, std::size_t at) {
  const char quote = line[at];
  for (++at; at < line.size() && line[at] != quote; ++at)
    if (quote == '"' && line[at] == '\\') ++at;
  return std::min(at, line.size());
}

// `depth`: the number of open brackets before this line; on return, after it.
Result<void> check_line(std::string_view line, int& depth) {
  if (line.size() > kLongestLine)
    return error(ErrorKind::invalid, "the line is longer than {}; divide it", to_string(Bytes{kLongestLine}));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (std::ranges::any_of(line, controls))
    return error(ErrorKind::invalid, "the line has a control character, such as NUL; remove it");
  int dots = 0;
  for (std::size_t at = 0; at < line.size() && line[at] != '#'; ++at) {
    const char c = line[at];
    if (line.substr(at).starts_with(R"(""")") || line.substr(at).starts_with("'''"))
      return error(ErrorKind::invalid, "text over several lines is not supported; write it in one line, in \"quotes\"");
    if (c == '"' || c == '\'') at = end_of_quoted(line, at);
    if (c == '.' && ++dots > kDots)
      return error(ErrorKind::invalid, "the line has more than {} dots; no setting needs that", kDots);
    if ((c == '[' || c == '{') && ++depth > kDepth)
      return error(ErrorKind::invalid, "brackets are nested more than {} deep; no setting needs that", kDepth);
    if (c == ']' || c == '}') depth = std::max(0, depth - 1);
  }
  return {};
}

// "LINE: ..."
Result<void> check_toml(std::string_view text) {
  int depth = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const auto good = check_line(text.substr(0, end), depth); !good)
      return error(ErrorKind::invalid, "{}: {}", number, good.error().message);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace

Result<toml::table> read_toml(const std::string& file) {
  const auto text = read_regular(file, kMost);
  if (!text) return text.error();
  if (const auto good = check_toml(*text); !good) return error(ErrorKind::invalid, "{}:{}", file, good.error().message);
  try {
    return toml::parse(*text, file);
  } catch (const toml::parse_error& e) {
    return error(ErrorKind::invalid, "{}:{}: {}; see configs/ for examples", file, e.source().begin.line,
                 e.description());
  }
}

}  // namespace tideline::config
