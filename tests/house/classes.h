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
    if (!std::filesystem::exists(root / folder)) continue;
    std::set<std::filesystem::path> sources;
    for (const auto& entry : std::filesystem::directory_iterator(root / folder))
      if (entry.path().extension() == ".cpp") sources.insert(entry.path());
    std::map<std::string, std::string> home;
    for (const auto& source : sources) {
      const std::string name = folder + "/" + source.filename().string();
      std::ifstream in(source);
      std::string line;
      for (std::size_t number = 1; std::getline(in, line); ++number) {
        std::smatch member;
        if (!std::regex_match(line, member, kMember)) continue;
        const auto [known, fresh] = home.emplace(member[1].matched ? member[1] : member[2], name);
        if (!fresh && known->second != name)
          found.push_back(
              {name, number, "defines " + known->first + ", as " + known->second + " does; divide the class"});
      }
    }
  }
}

}  // namespace tideline::house
