// Type names: what two headers of a room may not both call something.
//
// A qualified name stands for one type in the whole program: of two, the linker keeps the functions of one and runs
// them on the other, without a word.
#pragma once

#include "tests/house/floors.h"

#include <map>
#include <regex>

namespace tideline::house {

// Adds a breach for every header that defines a type whose name another header has defined. Looks only at types that
// begin at the margin, directly in the namespace.
inline void check_type_names(const std::filesystem::path& root, const Floors& floors, std::vector<Breach>& found) {
  static const std::regex kType("^(?:struct|class|enum|enum class) ([A-Z]\\w*)(?: final)?(?: :[^;]*)? \\{.*");
  for (const auto& [folder, beneath] : floors.rooms) {
    std::map<std::string, std::string> first;
    if (!std::filesystem::exists(root / folder)) continue;
    std::set<std::filesystem::path> headers;
    for (const auto& entry : std::filesystem::directory_iterator(root / folder))
      if (entry.path().extension() == ".h") headers.insert(entry.path());
    for (const auto& header : headers) {
      const std::string name = folder + "/" + header.filename().string();
      std::ifstream in(header);
      std::string line;
      for (std::size_t number = 1; std::getline(in, line); ++number) {
        std::smatch type;
        if (!std::regex_match(line, type, kType)) continue;
        const auto [known, fresh] = first.emplace(type[1], name);
        if (!fresh)
          found.push_back({name, number, "defines " + known->first + ", as " + known->second + " does; rename one"});
      }
    }
  }
}

}  // namespace tideline::house
