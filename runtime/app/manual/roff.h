// Roff: pieces of a manual page, in the language of man(7).
#pragma once

#include <string>
#include <string_view>

namespace tideline::manual {

// Escapes text so that roff prints it as it is.
std::string plain(std::string_view text);
// The same in bold, for what users type, and in italics, for what they replace.
std::string bold(std::string_view text);
std::string italic(std::string_view text);

// The first line of a page: roff_title("agent", 1).
std::string roff_title(std::string_view name, int section);

// ".SH NAME"
std::string roff_section(std::string_view name);

// A term with its explanation, both in roff.
std::string roff_entry(std::string_view term, std::string_view explanation);

}  // namespace tideline::manual
