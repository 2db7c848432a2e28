#include "runtime/app/manual/agent_page.h"

#include "runtime/app/config/exit_code.h"
#include "runtime/app/config/options.h"
#include "runtime/app/manual/roff.h"

#include <fmt/format.h>

namespace tideline::manual {
namespace {

// "-c, --config FILE"
std::string option_term(const config::Option& option) {
  std::string term = option.letter.empty() ? "" : bold(option.letter) + ", ";
  term += bold(option.flag);
  if (!option.value.empty()) term += " " + italic(option.value);
  return term;
}

std::string explanation_of(const config::Option& option) {
  std::string text = plain(option.help);
  if (option.required) text += "; required";
  if (option.repeated && option.help.find("repeat") == std::string::npos) text += "; may be repeated";
  return text;
}

std::string synopsis() {
  std::string text = roff_section("SYNOPSIS");
  for (const config::ModeLine& line : config::mode_lines()) {
    std::string_view value;
    const auto options = config::options_of(line);
    for (const config::Option& option : options)
      if (option.flag == line.flag) value = option.value;
    text += fmt::format("{} {}{} [\\fIOPTION\\fR]...\n.br\n", bold("agent"), bold(line.flag),
                        value.empty() ? "" : " " + italic(value));
  }
  return text + fmt::format("{} {}\n.br\n{} [\\fIMODE\\fR] {}\n", bold("agent"), bold("--version"), bold("agent"),
                            bold("--help"));
}

std::string mode_section(const config::ModeLine& line) {
  std::string text =
      fmt::format(".SS {}\n{}:\n.PP\n.EX\n  {}\n.EE\n", plain(line.flag), plain(line.does), plain(line.example));
  for (const config::Option& option : config::options_of(line))
    text += roff_entry(option_term(option), explanation_of(option));
  return text;
}

std::string exit_status() {
  std::string text = roff_section("EXIT STATUS") + roff_entry(bold("0"), "success");
  for (const config::ExitMeaning& one : config::exit_meanings())
    text += roff_entry(bold(fmt::format("{}", static_cast<int>(one.code))), plain(one.means));
  return text;
}

std::string files() {
  return roff_section("FILES") +
         roff_entry(italic("/etc/tideline/edge.toml") + ", " + italic("/etc/tideline/cloud.toml"),
                    "examples with every setting of an edge and of a cloud, and its default; the services "
                    "tideline\\-edge and tideline\\-cloud read them") +
         roff_entry(italic("/var/lib/tideline"), "networks, tables and certificates of the services");
}

}  // namespace

std::string agent_page() {
  std::string text =
      roff_title("agent", 1) + roff_section("NAME") +
      "agent \\- keep a neural network split between an edge and a cloud machine\n" + synopsis() +
      roff_section("DESCRIPTION") +
      "Both ends are this one program. A mode says what it does; each takes the options below. Most options are\n"
      "settings: a file or the environment may set them, too, see\n.BR tideline.toml (5).\n"
      "Results go to standard output, logs and progress to standard error.\n" +
      roff_section("MODES");
  for (const config::ModeLine& line : config::mode_lines()) text += mode_section(line);
  return text + files() + exit_status() + roff_section("SEE ALSO") + ".BR tideline.toml (5)\n";
}

}  // namespace tideline::manual
