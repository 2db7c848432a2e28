// Floors: reads tests/floors.txt, and answers which room may include which.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::house {

using Names = std::set<std::string>;

// One breach of a rule: its place, and the rule.
struct Breach {
  std::string file;  // Beneath the root.
  std::size_t line = 0;
  std::string what;
  bool operator==(const Breach&) const = default;
};

inline std::string to_string(const Breach& breach) {
  return breach.file + ":" + std::to_string(breach.line) + ": " + breach.what;
}

struct HeaderRule {
  std::string target;  // "-" if no target is linked.
  Names names;         // "asio.hpp"; "asio/" means all names that begin so.
  Names rooms;
  std::size_t line = 0;
};

struct Floors {
  std::vector<std::pair<std::string, Names>> rooms;  // Each with the rooms directly beneath it.
  Names above;
  std::vector<HeaderRule> headers;
};

inline constexpr std::string_view kFloorsPage = "tests/floors.txt";

inline Names words(const std::string& text) {
  std::istringstream in(text);
  Names all;
  for (std::string word; in >> word;) all.insert(word);
  return all;
}

// Reads the page beneath `root`; reports unknown lines.
inline Floors read_floors(const std::filesystem::path& root, std::vector<Breach>& breaches) {
  Floors floors;
  std::ifstream page(root / kFloorsPage);
  if (!page) breaches.push_back({std::string(kFloorsPage), 0, "cannot be read"});
  std::size_t number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> parts;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, '|');) parts.push_back(part);
    std::istringstream first(parts.front());
    std::string kind, subject;
    first >> kind >> subject;
    parts.resize(3);
    if (kind == "room" && !subject.empty()) {
      floors.rooms.emplace_back(subject, words(parts[1]));
    } else if (kind == "above" && !subject.empty()) {
      floors.above.insert(subject);
    } else if (kind == "header" && !subject.empty() && !words(parts[1]).empty()) {
      floors.headers.push_back({subject, words(parts[1]), words(parts[2]), number});
    } else {
      breaches.push_back({std::string(kFloorsPage), number, "expected room, above or header; see the top of the page"});
    }
  }
  return floors;
}

// Returns the room, or the folder above all rooms, that contains `path`; the innermost of nested ones.
inline std::optional<std::string> room_of(const Floors& floors, std::string_view path) {
  std::optional<std::string> found;
  const auto consider = [&](const std::string& folder) {
    if (path.starts_with(folder + "/") && (!found || folder.size() > found->size())) found = folder;
  };
  for (const auto& [folder, beneath] : floors.rooms) consider(folder);
  for (const std::string& folder : floors.above) consider(folder);
  return found;
}

// Returns the rooms that `room` may include: itself and all rooms beneath it.
inline Names reachable(const Floors& floors, const std::string& room) {
  Names all{room};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [folder, beneath] : floors.rooms)
      if (all.contains(folder))
        for (const std::string& lower : beneath) grown |= all.insert(lower).second;
  }
  return all;
}

// Returns the rule with the longest name that fits <header>; null if none does.
inline const HeaderRule* rule_of(const Floors& floors, std::string_view header) {
  const HeaderRule* found = nullptr;
  std::size_t longest = 0;
  for (const HeaderRule& rule : floors.headers)
    for (const std::string& name : rule.names) {
      const bool fits = name.ends_with('/') ? header.starts_with(name) : header == name;
      if (fits && name.size() > longest) found = &rule, longest = name.size();
    }
  return found;
}

inline bool allows(const Floors& floors, const HeaderRule& rule, const std::string& room) {
  return floors.above.contains(room) || std::ranges::any_of(rule.rooms, [&](const std::string& allowed) {
           return allowed.ends_with('*') ? room.starts_with(allowed.substr(0, allowed.size() - 1)) : allowed == room;
         });
}

// "only in runtime/link runtime/http (tests/floors.txt:38)"
inline std::string where_allowed(const HeaderRule& rule) {
  std::string text = rule.rooms.empty() ? "in no room" : "only in";
  for (const std::string& room : rule.rooms) text += " " + room;
  return text + " (" + std::string(kFloorsPage) + ":" + std::to_string(rule.line) + ")";
}

// Calls `see(file, number, line)` for each line of the folder's own files with one of those extensions, file by file in
// the order of their names. A folder that is not there has none.
template <typename See>
void each_line(const std::filesystem::path& root, const std::string& folder, const Names& extensions, See see) {
  if (!std::filesystem::exists(root / folder)) return;
  Names files;
  for (const auto& entry : std::filesystem::directory_iterator(root / folder))
    if (extensions.contains(entry.path().extension())) files.insert(entry.path().filename());
  for (const std::string& file : files) {
    std::ifstream in(root / folder / file);
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) see(folder + "/" + file, number, line);
  }
}

}  // namespace tideline::house
