#include "runtime/app/manual/roff.h"

#include "runtime/app/config/version.h"

#include <fmt/format.h>

namespace tideline::manual {

// A hyphen of roff's own is no ASCII "-", which users copy. A dot or quote that begins a line would be a command.
std::string plain(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool begins = escaped.empty() || escaped.back() == '\n';
    if (begins && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped;
}

std::string bold(std::string_view text) {
  return "\\fB" + plain(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + plain(text) + "\\fR";
}

std::string roff_title(std::string_view name, int section) {
  return fmt::format(".TH {} {} \"\" \"tideline {}\" \"Tideline\"\n", name, section, config::version());
}

std::string roff_section(std::string_view name) {
  return fmt::format(".SH {}\n", name);
}

std::string roff_entry(std::string_view term, std::string_view explanation) {
  return fmt::format(".TP\n{}\n{}\n", term, explanation);
}

}  // namespace tideline::manual
