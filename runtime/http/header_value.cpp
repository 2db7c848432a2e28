#include "runtime/http/header_value.h"

#include "runtime/http/http_text.h"

#include <algorithm>

namespace tideline::http {
namespace {

// Takes a quoted text off the front of `text`, and returns what stands between its quotes. Returns nothing if it does
// not end. REQUIRES: text begins with a quote.
std::optional<std::string_view> take_quoted(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      const std::string_view inside = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return inside;
    }
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

Result<HeaderValue::Parameter> take_parameter(std::string_view& text) {
  const std::string_view parameter = take_until(text, "=;");
  if (!is_token(parameter) || !text.starts_with('='))
    return error(ErrorKind::invalid, "the parameter {} has no value; write it as name=value", in_quotes(parameter));
  text.remove_prefix(1);
  if (!text.starts_with('"')) {
    const std::string_view value = trim(take_until(text, ";"));
    if (!is_token(value))
      return error(ErrorKind::invalid, "the parameter '{}' is {}, which needs quotes", parameter, in_quotes(value));
    return HeaderValue::Parameter{parameter, value};
  }
  const auto value = take_quoted(text);
  text = trim(text);
  if (!value || (!text.empty() && text.front() != ';'))
    return error(ErrorKind::invalid, "the quoted value of the parameter '{}' does not end; close its quotes",
                 parameter);
  return HeaderValue::Parameter{parameter, *value};
}

}  // namespace

std::optional<std::string_view> HeaderValue::find(std::string_view name) const {
  const auto named = [&](const Parameter& p) { return lower_case(p.name) == lower_case(name); };
  const auto found = std::find_if(parameters.begin(), parameters.end(), named);
  return found == parameters.end() ? std::nullopt : std::optional(found->value);
}

Result<HeaderValue> parse_header_value(std::string_view text) {
  HeaderValue parsed;
  parsed.value = trim(take_until(text, ";"));
  while (!text.empty()) {
    text = trim(text.substr(1));
    if (text.empty()) break;  // A semicolon at the end, as some clients write it.
    auto parameter = take_parameter(text);
    if (!parameter) return parameter.error();
    if (parsed.find(parameter->name))
      return error(ErrorKind::invalid, "the parameter {} is there twice; give it once", in_quotes(parameter->name));
    parsed.parameters.push_back(*parameter);
  }
  return parsed;
}

// "q=0", "q=0." and "q=0.000" mean never.
bool accepts(std::string_view list, std::string_view member) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto one = parse_header_value(trim(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!one || lower_case(trim(one->value)) != member) continue;
    const std::string_view weight = one->find("q").value_or("1");
    return !weight.starts_with('0') || weight.find_first_not_of("0.") != std::string_view::npos;
  }
  return false;
}

std::string media_type(std::string_view content_type) {
  return lower_case(trim(content_type.substr(0, content_type.find(';'))));
}

}  // namespace tideline::http
