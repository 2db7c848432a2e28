#include "runtime/app/manual/settings_page.h"

#include "runtime/app/config/settings.h"
#include "runtime/app/manual/roff.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tideline::manual {
namespace {

constexpr std::string_view kForms =
    "The file is in TOML: a line for a setting, in the table that its name begins with. In quotes, a quantity has its\n"
    "unit: \"25 Mbit/s\"; \"512 MiB\" (2^20 bytes) or \"512 MB\" (10^6); \"250 ms\"; \"3 %\"; \"6.5 W\". An unknown "
    "name or a bad\n"
    "value ends the agent with the file, the line and a correction.\n.PP\n"
    "A flag overrides the environment, which overrides the file, which overrides the default.\n.PP\n"
    "/etc/tideline/edge.toml and /etc/tideline/cloud.toml have every setting of an edge and of a cloud, and "
    "its\ndefault.\n";

std::string_view table_of(const config::Setting& setting) {
  return setting.key.substr(0, setting.key.find('.'));
}

// "Flag --peer, environment TIDELINE_EDGE_PEER."
std::string elsewhere(const config::Setting& setting) {
  std::string text;
  if (!setting.flag.empty()) text += "flag " + bold(setting.flag);
  if (const std::string variable = setting.environment(); !variable.empty())
    text += (text.empty() ? "" : ", ") + std::string("environment ") + bold(variable);
  return text;
}

// The setting as a line of the file. A value by name is the part after "=": NAME=FILE is NAME = FILE.
std::string setting_term(const config::Setting& setting) {
  if (!setting.by_name()) {
    const std::string_view name = setting.key.substr(setting.key.find('.') + 1);
    return bold(name) + " = " + (setting.value.empty() ? "true|false" : italic(setting.value));
  }
  return italic("NAME") + " = " + italic(setting.value.substr(setting.value.find('=') + 1 + (setting.value[0] == '[')));
}

std::string setting_entry(const config::Setting& setting) {
  return roff_entry(setting_term(setting), plain(setting.help) + "\n.br\n" + elsewhere(setting));
}

}  // namespace

std::string settings_page() {
  std::string text = roff_title("tideline.toml", 5) + roff_section("NAME") +
                     "tideline.toml \\- settings of agent(1)\n" + roff_section("DESCRIPTION") + std::string(kForms) +
                     roff_section("SETTINGS");
  std::vector<std::string_view> tables;
  for (const config::Setting& setting : config::settings())
    if (std::ranges::find(tables, table_of(setting)) == tables.end()) tables.push_back(table_of(setting));
  for (const std::string_view table : tables) {
    text += fmt::format(".SS [{}]\n", table);
    for (const config::Setting& setting : config::settings())
      if (table_of(setting) == table) text += setting_entry(setting);
  }
  return text + roff_section("SEE ALSO") + ".BR agent (1)\n";
}

}  // namespace tideline::manual
