#include "runtime/app/manual/zsh_completion.h"

#include "runtime/app/config/options.h"
#include "runtime/app/manual/value_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tideline::manual {
namespace {

constexpr std::string_view kZshBegin = R"(#compdef agent
# Completions of agent for zsh; made by: agent --manual zsh
_agent() {
  local mode
  for mode in "${words[@]:1}" ''; do
    case ${mode%%=*} in
)";
constexpr std::string_view kZshModes = R"() break ;;
    esac
  done
  case ${mode%%=*} in
)";
constexpr std::string_view kZshEnd = R"(  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _agent "$@"; else compdef _agent agent; fi
)";

// Inside '...', in a specification of _arguments.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const ValueForm& form) {
  std::vector<std::string> actions;
  if (!form.words.empty()) actions.push_back(fmt::format("words\\:words\\:({})", fmt::join(form.words, "\\ ")));
  if (form.files) actions.emplace_back("files\\:files\\:_files");
  if (form.folders) actions.emplace_back("folders\\:folders\\:_directories");
  if (actions.empty()) return " ";
  if (!form.words.empty() && (form.files || form.folders))
    return fmt::format("_alternative {}", fmt::join(actions, " "));
  return form.words.empty() ? form.files ? "_files" : "_directories" : fmt::format("({})", fmt::join(form.words, " "));
}

// '*--model=[help]:[NAME=]FILE:_files'
std::string zsh_argument(const config::Option& option) {
  const std::string value =
      option.value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option.value), zsh_action(value_form(option.value)));
  const std::string_view equals = option.value.empty() ? "" : "=";
  const std::string rest = fmt::format("[{}]{}'", zsh_text(option.help), value);
  if (option.letter.empty()) return fmt::format("'{}{}{}{}", option.repeated ? "*" : "", option.flag, equals, rest);
  return fmt::format("'({0} {1})'{{{0},{1}{2}}}'{3}", option.letter, option.flag, equals, rest);
}

std::string zsh_case(const config::ModeLine& line) {
  std::vector<std::string> specifications;
  bool has_value = false;
  for (const config::Option& option : config::options_of(line)) {
    specifications.push_back(zsh_argument(option));
    has_value |= option.flag == line.flag;
  }
  if (!has_value) specifications.push_back(fmt::format("'{}[{}]'", line.flag, zsh_text(line.does)));
  return fmt::format("    {}) _arguments -s \\\n      {} ;;\n", line.flag, fmt::join(specifications, " \\\n      "));
}

}  // namespace

std::string zsh_completion() {
  std::vector<std::string> modes, flags;
  for (const config::ModeLine& line : config::mode_lines()) {
    modes.emplace_back(line.flag);
    flags.push_back(fmt::format("'{}[{}]'", line.flag, zsh_text(line.does)));
  }
  flags.emplace_back("'--help[print help]'");
  flags.emplace_back("'--version[print the version]'");
  std::string text = fmt::format("{}      {}", kZshBegin, fmt::join(modes, " | "));
  text += kZshModes;
  for (const config::ModeLine& line : config::mode_lines()) text += zsh_case(line);
  return text + fmt::format("    *) _arguments \\\n      {} ;;\n", fmt::join(flags, " \\\n      ")) +
         std::string(kZshEnd);
}

}  // namespace tideline::manual
