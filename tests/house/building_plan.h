// Building plan: reads the room() lines of CMakeLists.txt and checks them against the floors.
#pragma once

#include "tests/house/floors.h"

#include <iterator>
#include <map>

namespace tideline::house {

// One room() call: "room(policy USES runtime_base INSIDE nlohmann_json::nlohmann_json)".
struct PlannedRoom {
  Names uses;    // Targets that its headers show; users of the room are linked to them, too.
  Names inside;  // Targets that only its .cpp files use.
  std::size_t line = 0;
};

using BuildingPlan = std::map<std::string, PlannedRoom>;  // By folder.

inline std::string library_name(std::string folder) {
  std::ranges::replace(folder, '/', '_');
  return folder;
}

inline BuildingPlan read_building_plan(const std::filesystem::path& root) {
  std::ifstream in(root / "CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::string_view kCall = "\nroom(";
  BuildingPlan plan;
  for (std::size_t at = text.find(kCall); at != std::string::npos; at = text.find(kCall, at + 1)) {
    const std::size_t from = at + kCall.size();
    std::istringstream words(text.substr(from, text.find(')', from) - from));
    std::string folder, word;
    words >> folder;
    PlannedRoom room{.line = 2 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + at, '\n'))};
    for (bool inside = false; words >> word;) {
      if (word == "USES" || word == "INSIDE")
        inside = word == "INSIDE";
      else
        (inside ? room.inside : room.uses).insert(word);
    }
    plan[folder] = room;
  }
  return plan;
}

// Returns every target to which the room's code is linked.
inline Names linked(const BuildingPlan& plan, const std::string& folder) {
  Names all = plan.at(folder).inside;
  Names open = plan.at(folder).uses;
  while (!open.empty()) {
    const std::string target = open.extract(open.begin()).value();
    if (!all.insert(target).second) continue;
    for (const auto& [lower, room] : plan)
      if (library_name(lower) == target) open.insert(room.uses.begin(), room.uses.end());
  }
  return all;
}

inline void check_headers(const Floors& floors, const BuildingPlan& plan, std::vector<Breach>& breaches) {
  for (const auto& [folder, room] : plan) {
    Names named = room.uses;
    named.insert(room.inside.begin(), room.inside.end());
    for (const auto& [lower, unused] : plan) named.erase(library_name(lower));
    for (const HeaderRule& rule : floors.headers) {
      const bool allowed = allows(floors, rule, folder);
      if (named.erase(rule.target) && !allowed)
        breaches.push_back({"CMakeLists.txt", room.line, rule.target + " belongs " + where_allowed(rule)});
      if (allowed && rule.target != "-" && !linked(plan, folder).contains(rule.target))
        breaches.push_back({"tests/floors.txt", rule.line,
                            folder + " is not linked to " + rule.target + "; see its room() in CMakeLists.txt"});
    }
    for (const std::string& target : named)
      breaches.push_back({"CMakeLists.txt", room.line, target + " has no header line in tests/floors.txt"});
  }
}

inline void check_building_plan(const Floors& floors, const BuildingPlan& plan, std::vector<Breach>& breaches) {
  std::map<std::string, Names> listed(floors.rooms.begin(), floors.rooms.end());
  for (const auto& [folder, room] : plan) {
    if (!listed.contains(folder))
      breaches.push_back({"CMakeLists.txt", room.line, folder + " is not in tests/floors.txt"});
    Names beneath;
    for (const auto& [lower, unused] : plan)
      if (room.uses.contains(library_name(lower))) beneath.insert(lower);
    if (listed.contains(folder) && listed[folder] != beneath)
      breaches.push_back(
          {"CMakeLists.txt", room.line, folder + " stands on other rooms here than in tests/floors.txt"});
    listed.erase(folder);
  }
  for (const auto& [folder, beneath] : listed)
    breaches.push_back({"tests/floors.txt", 0, folder + " has no room() in CMakeLists.txt"});
  check_headers(floors, plan, breaches);
}

}  // namespace tideline::house
