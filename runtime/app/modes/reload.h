// What SIGHUP does not take over: settings and files that --serve reads only when it starts.
//
// Pure but for file_marks(), which looks at the files. Thread-safe.
#pragma once

#include "runtime/app/config/config.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// Returns true iff Edge::reload() takes over the setting, or it says nothing to an edge.
bool taken_on_reload(std::string_view key);

// Returns the keys, in order, that `next` sets otherwise than `first` and that are not taken over.
std::vector<std::string> needs_restart(const Config& first, const Config& next);

// Of the files that are read at the start alone, by their settings' keys: what tells that another one is there.
std::map<std::string, std::string> file_marks(const Config& config);

// Returns what to say of a reload after a start with `first` and these marks; empty when all was taken over.
std::string not_taken(const Config& first, const std::map<std::string, std::string>& marks, const Config& next);

}  // namespace tideline
