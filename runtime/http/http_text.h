// HTTP text: lower case, trimming, percent-decoding, queries, reason phrases and quoting. Pure functions.
#pragma once

#include "runtime/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

std::string lower_case(std::string_view text);  // ASCII letters only, as header names are.
std::string_view trim(std::string_view text);   // Removes spaces and tabs at both ends.
bool is_token(std::string_view text);           // The form of methods, header names, types (RFC 9110, 5.6.2).
std::string_view reason_phrase(int status);     // 404 -> "Not Found"

// Returns `path` with every %XX replaced by its byte; nothing if an escape is cut short, not hexadecimal, or a NUL.
std::optional<std::string> percent_decoded(std::string_view path);

// Returns the value of a name in a query, percent-decoded; nothing if it is not there. Returns invalid if it occurs
// twice, or is not percent-encoded.
Result<std::optional<std::string>> value_in_query(std::string_view query, std::string_view name);

// Returns the text as a JSON string, in quotes; bytes that are not UTF-8 are replaced.
std::string json_string(std::string_view text);

// Returns {"error": message} as JSON; bytes that are not UTF-8 are replaced.
std::string error_body(std::string_view message);

// Returns a client's text as a message may show it: in quotes, cut if long.
std::string in_quotes(std::string_view text);

}  // namespace tideline::http
