#include "runtime/task/labels.h"

#include "runtime/base/file.h"
#include "runtime/base/outside.h"

namespace tideline::task {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Removes the first line from `text` and returns it, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<std::string>> parse_labels(std::string_view text, std::string_view file) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> labels;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() && text.empty()) break;
    if (labels.size() == kMostLabels)
      return error(ErrorKind::invalid, "{}:{}: there are more than {} labels; name a file with one label per class",
                   file, labels.size() + 1, kMostLabels);
    if (!is_utf8(line))
      return error(ErrorKind::invalid, "{}:{}: the label is not UTF-8; save the file as UTF-8", file,
                   labels.size() + 1);
    labels.emplace_back(line);
  }
  if (labels.empty())
    return error(ErrorKind::invalid, "{}:1: there is no label; name a file with one label per class", file);
  return labels;
}

Result<std::vector<std::string>> read_labels(const std::string& path) {
  const Result<std::string> text = read_regular(path, kLongestLabels);
  if (!text) return text.error();
  return parse_labels(*text, path);
}

}  // namespace tideline::task
