// HTML: escaping, templates and small elements. Pure functions. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::report {

// Escapes text for an element or a quoted attribute. Bytes that are not UTF-8 and control characters become U+FFFD.
std::string escaped(std::string_view text);

// Replaces every {{name}} of `page` by its value; does not look into values. A name without a value becomes empty.
std::string filled(std::string_view page, std::span<const std::pair<std::string_view, std::string>> values);

// Returns a table. The first row holds the headings, and the first column names the rows. Cells are text, not HTML.
std::string table(std::string_view caption, const std::vector<std::vector<std::string>>& rows);

// Returns an entry of a legend: a sample of `style`, and its meaning.
std::string legend_key(std::string_view style, std::string_view words);

// Returns `inside`, hidden until the reader opens it.
std::string details(std::string_view summary, const std::string& inside);

}  // namespace tideline::report
