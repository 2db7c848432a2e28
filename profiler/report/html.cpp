#include "profiler/report/html.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Returns the length in bytes of the UTF-8 character at the beginning; 0 if it is invalid. Overlong forms, surrogates
// and code points beyond U+10FFFF are invalid (Unicode 15, table 3-7).
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(i) >= least && byte(i) <= most;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

std::string_view as_entity(std::string_view character) {
  switch (character.front()) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(character.front());
  return (code < 0x20 && code != '\n' && code != '\t') || code == 0x7F ? kReplacement : character;
}

std::string row(const std::vector<std::string>& cells, bool heading) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view tag = heading || i == 0 ? "th" : "td";
    const std::string_view scope = heading ? " scope=\"col\"" : i == 0 ? " scope=\"row\"" : "";
    html += fmt::format("<{0}{1}>{2}</{0}>", tag, scope, escaped(cells[i]));
  }
  return html + "</tr>\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t size = character(text);
    html += size == 0 ? kReplacement : as_entity(text.substr(0, size));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return html;
}

std::string filled(std::string_view page, std::span<const std::pair<std::string_view, std::string>> values) {
  std::string html;
  for (;;) {
    const std::size_t begin = page.find("{{");
    const std::size_t end = begin == page.npos ? page.npos : page.find("}}", begin);
    html += page.substr(0, end == page.npos ? page.npos : begin);
    if (end == page.npos) return html;
    const std::string_view name = page.substr(begin + 2, end - begin - 2);
    const auto found = std::ranges::find(values, name, [](const auto& value) { return value.first; });
    if (found != values.end()) html += found->second;
    page.remove_prefix(end + 2);
  }
}

std::string table(std::string_view caption, const std::vector<std::vector<std::string>>& rows) {
  std::string html = fmt::format("<div class=\"scroll\"><table><caption>{}</caption>\n<thead>", escaped(caption));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    html += row(rows[i], i == 0);
    if (i == 0) html += "</thead>\n<tbody>";
  }
  return html + "</tbody></table></div>\n";
}

std::string legend_key(std::string_view style, std::string_view words) {
  return fmt::format("<span class=\"entry\"><span class=\"key {}\"></span>{}</span> ", style, escaped(words));
}

std::string details(std::string_view summary, const std::string& inside) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escaped(summary), inside);
}

}  // namespace tideline::report
