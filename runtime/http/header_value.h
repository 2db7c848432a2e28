// HeaderValue: a header's value with its parameters, such as `form-data; name="image"`, read strictly. Pure.
#pragma once

#include "runtime/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::http {

struct HeaderValue {
  struct Parameter {
    std::string_view name;
    std::string_view value;  // Of a quoted one: the text between its quotes, with its backslashes.
  };

  std::string_view value;  // The part before the first semicolon.
  std::vector<Parameter> parameters;

  // Returns the value of the parameter, or nothing if it is missing. Ignores the case of its name.
  std::optional<std::string_view> find(std::string_view name) const;
};

// Returns views into `text`. Returns invalid if a parameter has no name or no value, is there twice, or if a quoted
// text does not end.
Result<HeaderValue> parse_header_value(std::string_view text);

// Returns true iff a list such as "text/html, gzip;q=0" has that member, in any case, with a weight above zero.
bool accepts(std::string_view list, std::string_view member);

// Returns the media type at the front of a Content-Type, in lower case and without parameters: "image/jpeg".
std::string media_type(std::string_view content_type);

}  // namespace tideline::http
