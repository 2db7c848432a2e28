#include "runtime/app/manual/fish_completion.h"

#include "runtime/app/config/options.h"
#include "runtime/app/manual/value_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tideline::manual {
namespace {

std::string fish_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The flag without its dashes.
std::string_view bare(std::string_view flag) {
  return flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
}

// -r: takes a value; -f, -F: no files, files; -a: words and, by a command, folders.
std::string fish_value(const config::Option& option) {
  if (option.value.empty()) return "";
  const ValueForm form = value_form(option.value);
  std::string words = fmt::format("{}", fmt::join(form.words, " "));
  if (form.folders) words += "(__fish_complete_directories)";
  return fmt::format(" -r {}{}", form.files ? "-F" : "-f", words.empty() ? "" : " -a " + fish_text(words));
}

std::string fish_line(const config::ModeLine& line, const config::Option& option) {
  const std::string letter = option.letter.empty() ? "" : fmt::format(" -s {}", bare(option.letter));
  return fmt::format("complete -c agent -n '__agent_mode {}'{} -l {}{} -d {}\n", line.flag, letter, bare(option.flag),
                     fish_value(option), fish_text(option.help));
}

}  // namespace

std::string fish_completion() {
  std::vector<std::string_view> modes;
  for (const config::ModeLine& line : config::mode_lines()) modes.push_back(line.flag);
  std::string text = fmt::format(
      "# Completions of agent for fish; made by: agent --manual fish\n"
      "function __agent_mode --description 'Whether the command line has one of these modes'\n"
      "  for word in (commandline -opc)\n"
      "    contains -- (string replace -r '=.*' '' -- $word) $argv; and return 0\n"
      "  end\n"
      "  return 1\n"
      "end\n"
      "complete -c agent -f\n"
      "set -l modes {}\n"
      "complete -c agent -n \"not __agent_mode $modes\" -l version -d 'print the version'\n"
      "complete -c agent -n \"not __agent_mode $modes\" -l help -d 'print help'\n",
      fmt::join(modes, " "));
  for (const config::ModeLine& line : config::mode_lines()) {
    std::string own;  // The arguments of the mode's own value.
    for (const config::Option& option : config::options_of(line))
      if (option.flag == line.flag) own = fish_value(option);
    text += fmt::format("complete -c agent -n \"not __agent_mode $modes\" -l {}{} -d {}\n", bare(line.flag), own,
                        fish_text(line.does));
    for (const config::Option& option : config::options_of(line)) text += fish_line(line, option);
  }
  return text;
}

}  // namespace tideline::manual
