#include "runtime/http/bounded_json.h"

#include "runtime/http/http_text.h"

#include <algorithm>
#include <string>

namespace tideline::http {
namespace {

// Memory for one value: the value, its place in an array that may grow to twice its size, and the tensor made of it.
constexpr std::size_t kBytesPerValue = 3 * sizeof(nlohmann::json);

struct Size {
  std::size_t depth = 0;
  std::size_t values = 1;  // An upper bound, by counting commas and opening brackets.
};

// Measures without parsing. For text that is not JSON the size means nothing; the parser then reports the fault.
Size measure(std::string_view text) {
  Size size;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      size.depth = std::max(size.depth, ++depth);
      ++size.values;
    } else if (c == ']' || c == '}') {
      if (depth > 0) --depth;
    } else if (c == ',') {
      ++size.values;
    }
  }
  return size;
}

// Returns nlohmann's message without its number: "[json.exception.parse_error.101] parse error at line 1, ..."
std::string_view told_by(const nlohmann::json::exception& wrong) {
  const std::string_view text = wrong.what();
  const std::size_t bracket = text.find("] ");
  return bracket == std::string_view::npos ? text : text.substr(bracket + 2);
}

}  // namespace

Result<nlohmann::json> parse_bounded_json(std::string_view text, std::size_t max_values, Budget::Held* held) {
  const Size size = measure(text);
  if (size.depth > kMaxJsonDepth)
    return error(ErrorKind::invalid, "the JSON nests {} levels deep; at most {} are allowed", size.depth,
                 kMaxJsonDepth);
  if (size.values > max_values)
    return error(ErrorKind::invalid, "the JSON holds about {} values, more than the {} that this model can need",
                 size.values, max_values);
  if (held)
    if (auto grown = held->grow({size.values * kBytesPerValue}); !grown)
      return grown.error().within(fmt::format("{} values of JSON (binary tensors take less)", size.values));
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& wrong) {
    // The parser's message quotes the last token, which may be the whole body.
    return error(ErrorKind::invalid, "the body is not JSON: {}", told_by(wrong).substr(0, 300));
  }
}

std::string shown(const nlohmann::json& value) {
  constexpr std::size_t kMostParts = 32;
  if (value.is_structured() && value.size() > kMostParts) return fmt::format("with {} parts", value.size());
  return in_quotes(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace tideline::http
