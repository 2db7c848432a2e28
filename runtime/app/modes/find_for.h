// Looks up a setting that the config gives for each model, or for the only one.
#pragma once

#include <map>
#include <string>

namespace tideline::modes {

// Returns the value for `name`, or else the one for the only model; null if there is neither.
template <typename T>
const T* find_for(const std::map<std::string, T>& by_name, const std::string& name) {
  const auto found = by_name.find(by_name.contains(name) ? name : "");
  return found == by_name.end() ? nullptr : &found->second;
}

}  // namespace tideline::modes
