#include "runtime/engine/known_classes.h"

#include "runtime/base/outside.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace tideline::engine {
namespace {

constexpr std::string_view kLabelMark = "\xef\xbb\xbf";  // A byte-order mark, which some programs write.
constexpr std::size_t kMostLines = 1'000'000;
constexpr std::size_t kShown = 80;  // Bytes of a line in a message.

// Takes the next line, without its end, off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Returns a field without the quotes around it (RFC 4180, section 2.7); nothing if they do not close at its end.
std::optional<std::string> unquoted(std::string_view field) {
  if (!field.starts_with('"')) return std::string(field);
  if (field.size() < 2 || !field.ends_with('"')) return std::nullopt;
  field = field.substr(1, field.size() - 2);
  std::string text;
  bool after_quote = false;
  for (const char c : field) {
    if (after_quote && c != '"') return std::nullopt;
    after_quote = c == '"' && !after_quote;
    if (!after_quote) text += c;
  }
  return after_quote ? std::nullopt : std::optional(std::move(text));
}

struct LabelLine {
  std::string file;
  std::string label;
};

// The last comma divides, or that before a label in quotes.
std::optional<LabelLine> divided(std::string_view line) {
  const std::size_t comma = line.ends_with('"') ? line.find(",\"") : line.rfind(',');
  if (comma == 0 || comma == std::string_view::npos) return std::nullopt;
  auto file = unquoted(line.substr(0, comma)), label = unquoted(line.substr(comma + 1));
  if (!file || !label || file->empty() || label->empty()) return std::nullopt;
  return LabelLine{*std::move(file), *std::move(label)};
}

// Returns the number that all of `text` is.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string shown(std::string_view text) {
  return outside_text(text, kShown);
}

// Returns the class that a label names, or numbers.
Result<std::uint32_t> class_of(const std::string& label, const NamedClasses& classes) {
  const auto named = std::ranges::find(classes.names, label);
  const auto number = number_in(label);
  if (named == classes.names.end()) {
    if (number && *number < classes.count) return static_cast<std::uint32_t>(*number);
    if (number)
      return error(ErrorKind::invalid, "there is no class {}; the network has classes 0 to {}", *number,
                   classes.count - 1);
    return error(ErrorKind::invalid, "no class is called '{}'; {}", shown(label),
                 classes.names.empty() ? "the model has no labels, so give the number of the class"
                                       : "write it as in the model's labels, or give its number");
  }
  const auto place = static_cast<std::uint32_t>(named - classes.names.begin());
  const auto again = std::ranges::find(std::next(named), classes.names.end(), label);
  if (again != classes.names.end())
    return error(ErrorKind::invalid, "classes {} and {} are both called '{}'; give the number", place,
                 again - classes.names.begin(), shown(label));
  if (number && *number != place && *number < classes.count)
    return error(ErrorKind::invalid, "'{}' is the name of class {}, and the number of another; rename the label",
                 shown(label), place);
  return place;
}

Result<void> read_line(std::string_view line, const NamedClasses& classes, KnownClasses& known) {
  if (!is_utf8(line) || line.find('\0') != std::string_view::npos)
    return error(ErrorKind::invalid, "this is not text in UTF-8; save the file as CSV in UTF-8");
  const auto divided_line = divided(line);
  if (!divided_line)
    return error(ErrorKind::invalid, "'{}' is not a file and a class; write for example cat.jpg,281", shown(line));
  const auto right = class_of(divided_line->label, classes);
  if (!right) return right.error();
  if (known[divided_line->file].insert(*right).second) return {};
  return error(ErrorKind::invalid, "'{}' has class {} already; remove one of the lines", shown(divided_line->file),
               *right);
}

}  // namespace

Result<KnownClasses> parse_labels(std::string_view text, const NamedClasses& classes) {
  if (text.starts_with(kLabelMark)) text.remove_prefix(kLabelMark.size());
  if (text.empty())
    return error(ErrorKind::invalid, "the file is empty; begin with the line 'file,class', or remove it");
  if (const std::string_view heading = take_line(text); heading != "file,class" && heading != "file,label")
    return error(ErrorKind::invalid, "1: '{}' is not the first line of labels; begin with the line 'file,class'",
                 shown(heading));
  KnownClasses known;
  for (std::size_t number = 2; !text.empty(); ++number) {
    if (number > kMostLines) return error(ErrorKind::invalid, "there are more than {} lines", kMostLines);
    if (const auto read = read_line(take_line(text), classes, known); !read)
      return read.error().within(std::to_string(number));
  }
  if (known.empty()) return error(ErrorKind::invalid, "no image has a label; add a line for each, or remove the file");
  return known;
}

}  // namespace tideline::engine
