// Classes: one that is defined in two sources is two ideas, or too long.
#pragma once

#include "tests/house/floors.h"

#include <map>
#include <regex>

namespace tideline::house {

// Adds a breach for every source of a room that defines a member of a class of which another source of the room defines
// one. It sees definitions whose first line begins at the margin and names the member before its first parenthesis.
inline void check_classes(const std::filesystem::path& root, const Floors& floors, std::vector<Breach>& found) {
  static const std::regex kMember(
      "^[^\\s(=][^(=]*?\\b((?:[A-Z]\\w*::)*[A-Z]\\w*)::~?\\w+\\(.*|^((?:[A-Z]\\w*::)*[A-Z]\\w*)::~?\\w+\\(.*");
  for (const auto& [folder, beneath] : floors.rooms) {
    std::map<std::string, std::string> home;
    each_line(root, folder, {".cpp"}, [&](const std::string& file, std::size_t number, const std::string& line) {
      std::smatch member;
      if (!std::regex_match(line, member, kMember)) return;
      const auto [known, fresh] = home.emplace(member[1].matched ? member[1] : member[2], file);
      if (!fresh && known->second != file)
        found.push_back(
            {file, number, "defines " + known->first + ", as " + known->second + " does; divide the class"});
    });
  }
}

}  // namespace tideline::house
