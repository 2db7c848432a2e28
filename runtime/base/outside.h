// Text from outside (a peer, a client, a file), made fit to stand in a message, a log line or a page.
//
// Pure functions. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline {

inline constexpr std::size_t kLongestOutside = 256;

// Returns `text` on one line, as valid UTF-8 of at most `limit` bytes: bytes that are none and characters that a
// terminal obeys (controls, line breaks, those that turn the direction of writing) as \n, \x1b or \u202e; what is
// longer is cut, and ends with how long it was: "... (70000 bytes)". What it returns, it leaves as it is. REQUIRES:
// limit >= 32.
std::string outside_text(std::string_view text, std::size_t limit = kLongestOutside);

}  // namespace tideline
