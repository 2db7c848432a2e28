// Small pieces of HTML. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline {

// As it may stand in an element or in a quoted attribute. Bytes that are not UTF-8 become U+FFFD, as do control
// characters.
std::string escaped(std::string_view text);

// Replaces every {{name}} of `page` by what stands for it, and looks into that no further. A place without a value
// becomes empty.
std::string filled(std::string_view page, std::span<const std::pair<std::string_view, std::string>> values);

// A table; the first row holds the headings and the first column names the rows. Cells are text, not HTML.
std::string table(std::string_view caption, const std::vector<std::vector<std::string>>& rows);

// An entry of a legend: a sample of what looks like `style`, and what it stands for.
std::string legend_key(std::string_view style, std::string_view words);

// What shows `inside` when it is asked for.
std::string details(std::string_view summary, const std::string& inside);

}  // namespace tideline
