// Outside text: makes text from a peer, client or file safe for a message, a log line or a page.
//
// Pure functions. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline {

inline constexpr std::size_t kLongestOutside = 256;

// Returns `text` on one line, as valid UTF-8 of at most `limit` bytes. Writes invalid bytes and characters that a
// terminal acts on (controls, line breaks, changes of writing direction) as \n, \x1b or \u202e. Cuts longer text and
// appends its length: "... (70000 bytes)". Applied to its own result, it changes nothing. REQUIRES: limit >= 32.
std::string outside_text(std::string_view text, std::size_t limit = kLongestOutside);

// Returns true iff `text` is valid UTF-8.
bool is_utf8(std::string_view text);

}  // namespace tideline
