#include "runtime/app/manual/bash_completion.h"

#include "runtime/app/config/options.h"
#include "runtime/app/manual/value_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tideline::manual {
namespace {

// Bash divides "--model=net=net.pt" into five words, at each "=". $before becomes the flag that the current word is
// for.
constexpr std::string_view kBashBegin = R"(# Completions of agent for bash; made by: agent --manual bash
_agent() {
  local word=${COMP_WORDS[COMP_CWORD]} i mode= before=
  COMPREPLY=()
  if [[ $word == = ]]; then word=; fi
  for ((i = COMP_CWORD - 1; i > 0 && i >= COMP_CWORD - 4; --i)); do
    before=${COMP_WORDS[i]}
    if [[ $before == -* || ($before != = && ${COMP_WORDS[i + 1]} != =) ]]; then break; fi
  done
  for ((i = 1; i < ${#COMP_WORDS[@]}; ++i)); do
    if ((i == COMP_CWORD)); then continue; fi
    case ${COMP_WORDS[i]} in
)";
constexpr std::string_view kBashValues = R"( mode=${COMP_WORDS[i]} && break ;;
    esac
  done
  case $mode$before in
)";
constexpr std::string_view kBashFlags = R"(  esac
  case $mode in
)";
constexpr std::string_view kBashEnd = R"(  esac
}
complete -F _agent agent
)";

// Offers the words, and files or folders.
std::string bash_offer(const ValueForm& form) {
  std::string actions;
  if (form.files || form.folders) actions += form.files ? " -f" : " -d";
  if (!form.words.empty()) actions += fmt::format(" -W '{}'", fmt::join(form.words, " "));
  const std::string_view as_files = form.files || form.folders ? "compopt -o filenames; " : "";
  return actions.empty() ? "" : fmt::format("{}mapfile -t COMPREPLY < <(compgen{} -- \"$word\"); ", as_files, actions);
}

std::string bash_values(const config::ModeLine& line) {
  std::string cases;
  for (const config::Option& option : config::options_of(line)) {
    if (option.value.empty()) continue;
    // The mode's own value comes after its flag, which is both.
    std::string pattern = std::string(line.flag) + option.flag;
    if (!option.letter.empty()) pattern += fmt::format(" | {}{}", line.flag, option.letter);
    cases += fmt::format("    {}) {}return ;;\n", pattern, bash_offer(value_form(option.value)));
  }
  return cases;
}

std::string bash_flags(const config::ModeLine& line) {
  std::vector<std::string> flags;
  for (const config::Option& option : config::options_of(line))
    if (option.flag != line.flag) flags.push_back(option.flag);
  return fmt::format("    {}) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\") ;;\n", line.flag,
                     fmt::join(flags, " "));
}

}  // namespace

std::string bash_completion() {
  std::vector<std::string_view> modes;
  for (const config::ModeLine& line : config::mode_lines()) modes.push_back(line.flag);
  std::string text = fmt::format("{}      {})", kBashBegin, fmt::join(modes, " | "));
  text += kBashValues;
  for (const config::ModeLine& line : config::mode_lines()) text += bash_values(line);
  text += kBashFlags;
  for (const config::ModeLine& line : config::mode_lines()) text += bash_flags(line);
  return text +
         fmt::format("    *) mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$word\") ;;\n",
                     fmt::join(modes, " ")) +
         std::string(kBashEnd);
}

}  // namespace tideline::manual
