// Namespaces: a room's namespace is the name of its folder, so that a reader of `wire::Frame` knows where to look.
//
// Two rooms have the name of the folder around them: runtime/base is tideline itself, since everything stands on it,
// and runtime/model/api is tideline::model, what others see of runtime/model.
#pragma once

#include "tests/house/floors.h"

#include <map>
#include <regex>

namespace tideline::house {

inline std::string namespace_of(const std::string& room) {
  if (room == "runtime/base") return "tideline";
  const std::filesystem::path folder(room);
  return "tideline::" + (folder.filename() == "api" ? folder.parent_path() : folder).filename().string();
}

// Adds a breach for each line that opens another namespace of ours than the room's, or one within it.
inline void check_namespaces_in(const std::filesystem::path& root, const std::string& folder, const std::string& room,
                                std::vector<Breach>& found) {
  static const std::regex kOpens("^namespace (tideline[\\w:]*) \\{");
  const std::string own = namespace_of(room);
  each_line(root, folder, {".cpp", ".h"}, [&](const std::string& file, std::size_t number, const std::string& line) {
    std::smatch opened;
    if (!std::regex_search(line, opened, kOpens)) return;
    const std::string name = opened[1];
    if (name != own && !name.starts_with(own + "::"))
      found.push_back({file, number, "opens " + name + "; the namespace of " + room + " is " + own});
  });
}

// Holds every room and the tests that mirror it to the room's namespace, and no two rooms to the same.
inline void check_namespaces(const std::filesystem::path& root, const Floors& floors, std::vector<Breach>& found) {
  std::map<std::string, std::string> rooms;
  for (const auto& [room, beneath] : floors.rooms) {
    const auto [other, fresh] = rooms.emplace(namespace_of(room), room);
    if (!fresh)
      found.push_back({std::string(kFloorsPage), 0, room + " has the namespace of " + other->second + "; rename one"});
    check_namespaces_in(root, room, room, found);
    check_namespaces_in(root, "tests/" + room, room, found);
  }
}

}  // namespace tideline::house
