// Includes: checks every #include in the tree against the floors.
#pragma once

#include "tests/house/floors.h"

#include <map>

namespace tideline::house {

struct Include {
  std::string header;
  bool quoted = false;
  std::size_t line = 0;
};

using IncludesByFile = std::map<std::string, std::vector<Include>>;

// Removes white space and `word` from the front of `text`. If they are not there, removes nothing and returns false.
inline bool take(std::string_view& text, std::string_view word) {
  const std::size_t from = std::min(text.find_first_not_of(" \t"), text.size());
  if (!text.substr(from).starts_with(word)) return false;
  text.remove_prefix(from + word.size());
  return true;
}

inline std::optional<Include> read_include(std::string_view line, std::size_t number) {
  if (!take(line, "#") || !take(line, "include")) return std::nullopt;
  const bool quoted = take(line, "\"");
  if (!quoted && !take(line, "<")) return std::nullopt;
  return Include{std::string(line.substr(0, line.find(quoted ? '"' : '>'))), quoted, number};
}

inline std::vector<Include> includes_of(const std::filesystem::path& file) {
  std::vector<Include> found;
  std::ifstream in(file);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);)
    if (auto include = read_include(line, ++number)) found.push_back(*std::move(include));
  return found;
}

// Reads all .h and .cpp beneath the top folders that the page names; reports files that are in none of its rooms.
inline IncludesByFile read_tree(const std::filesystem::path& root, const Floors& floors,
                                std::vector<Breach>& breaches) {
  Names tops = floors.above;
  for (const auto& [folder, beneath] : floors.rooms) tops.insert(folder.substr(0, folder.find('/')));
  IncludesByFile tree;
  for (const std::string& top : tops) {
    if (!std::filesystem::is_directory(root / top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      const std::string kind = entry.path().extension();
      if (!entry.is_regular_file() || (kind != ".h" && kind != ".cpp")) continue;
      const std::string name = entry.path().lexically_relative(root);
      tree[name] = includes_of(entry.path());
      if (!room_of(floors, name)) breaches.push_back({name, 1, "stands in no room of tests/floors.txt"});
    }
  }
  return tree;
}

// Returns the rule that including "header" in `room` breaks.
inline std::optional<std::string> wrong_quoted(const Floors& floors, const std::string& room,
                                               const std::string& header) {
  const auto included = room_of(floors, header);
  if (!included) return "\"" + header + "\" is in no room; write the path from the root of the tree";
  if (floors.above.contains(room) || reachable(floors, room).contains(*included)) return std::nullopt;
  return room + " must not include " + *included + ", which is not beneath it (tests/floors.txt)";
}

// The same for <header>.
inline std::optional<std::string> wrong_angled(const Floors& floors, const std::string& room,
                                               const std::string& header) {
  const HeaderRule* const rule = rule_of(floors, header);
  if (rule && !allows(floors, *rule, room)) return "<" + header + "> may be included " + where_allowed(*rule);
  if (!rule && header.find_first_of("./") != std::string::npos)
    return "<" + header + "> is not named in tests/floors.txt; add it where it belongs";
  return std::nullopt;
}

// Returns the first library that `header`, of another room, includes and that `room` may not see.
inline std::optional<std::string> stowaway(const Floors& floors, const IncludesByFile& tree, const std::string& room,
                                           const std::string& header) {
  Names seen{header};
  std::vector<std::string> open{header};
  while (!open.empty()) {
    const std::string file = open.back();
    open.pop_back();
    const auto includes = tree.find(file);
    if (includes == tree.end()) continue;
    for (const Include& include : includes->second) {
      if (include.quoted && seen.insert(include.header).second) open.push_back(include.header);
      const HeaderRule* const rule = include.quoted ? nullptr : rule_of(floors, include.header);
      if (rule && rule->target != "-" && !allows(floors, *rule, room))
        return "\"" + header + "\" brings <" + include.header + "> along (" + file + ":" +
               std::to_string(include.line) + "), which belongs " + where_allowed(*rule);
    }
  }
  return std::nullopt;
}

inline void check_includes(const Floors& floors, const IncludesByFile& tree, std::vector<Breach>& breaches) {
  for (const auto& [file, includes] : tree) {
    const auto room = room_of(floors, file);
    if (!room) continue;  // Reported when reading the tree.
    for (const Include& include : includes) {
      auto wrong =
          include.quoted ? wrong_quoted(floors, *room, include.header) : wrong_angled(floors, *room, include.header);
      const bool from_elsewhere = include.quoted && room_of(floors, include.header) != room;
      if (!wrong && from_elsewhere) wrong = stowaway(floors, tree, *room, include.header);
      if (wrong) breaches.push_back({file, include.line, *wrong});
    }
  }
}

}  // namespace tideline::house
