#include "runtime/app/manual/manual.h"

#include "runtime/app/manual/agent_page.h"
#include "runtime/app/manual/bash_completion.h"
#include "runtime/app/manual/fish_completion.h"
#include "runtime/app/manual/settings_page.h"
#include "runtime/app/manual/zsh_completion.h"

#include <array>

namespace tideline::manual {
namespace {

struct Text {
  std::string_view name;
  std::string (*make)();
};

constexpr std::array kTexts{Text{"agent.1", agent_page}, Text{"tideline.toml.5", settings_page},
                            Text{"bash", bash_completion}, Text{"zsh", zsh_completion}, Text{"fish", fish_completion}};

}  // namespace

Result<std::string> manual(std::string_view name) {
  std::string known;
  for (const Text& text : kTexts) {
    if (text.name == name) return text.make();
    known += (known.empty() ? "" : ", ") + std::string(text.name);
  }
  return error(ErrorKind::invalid, "'{}' is not in the manual; use one of {}", name, known);
}

}  // namespace tideline::manual
