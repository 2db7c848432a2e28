#include "runtime/app/manual/value_form.h"

#include <algorithm>

namespace tideline::manual {
namespace {

bool is_literal(std::string_view part) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !part.empty() && std::ranges::all_of(part, small);
}

}  // namespace

ValueForm value_form(std::string_view value) {
  ValueForm form;
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (is_literal(part)) form.words.emplace_back(part);
    form.files |= part.find("FILE") != std::string_view::npos;
    form.folders |= part == "DIR";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return form;
}

}  // namespace tideline::manual
