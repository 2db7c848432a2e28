// Type names: what two headers of a room may not both call something.
//
// A qualified name stands for one type in the whole program: of two, the linker keeps the functions of one and runs
// them on the other, without a word.
#pragma once

#include "tests/house/floors.h"

#include <map>
#include <regex>

namespace tideline::house {

// Adds a breach for every header that defines a type whose name another header of the room has defined. Looks only at
// types that begin at the margin, directly in the namespace.
inline void check_type_names(const std::filesystem::path& root, const Floors& floors, std::vector<Breach>& found) {
  static const std::regex kType("^(?:struct|class|enum|enum class) ([A-Z]\\w*)(?: final)?(?: :[^;]*)? \\{.*");
  for (const auto& [folder, beneath] : floors.rooms) {
    std::map<std::string, std::string> first;
    each_line(root, folder, {".h"}, [&](const std::string& file, std::size_t number, const std::string& line) {
      std::smatch type;
      if (!std::regex_match(line, type, kType)) return;
      const auto [known, fresh] = first.emplace(type[1], file);
      if (!fresh)
        found.push_back({file, number, "defines " + known->first + ", as " + known->second + " does; rename one"});
    });
  }
}

}  // namespace tideline::house
