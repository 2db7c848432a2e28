// Reload: finds changed settings and files that an agent reads only at its start, so SIGHUP does not take them over.
//
// Pure functions, except file_marks(), which reads the files' metadata. Thread-safe.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/wire/tls.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::modes {

using Side = wire::TlsContext::Role;

// Returns true iff that side takes over the setting on SIGHUP, or the setting has no meaning for it.
bool taken_on_reload(Side side, std::string_view key);

// Returns the keys, in order, whose values differ between `first` and `next` and that are not taken over. So do the
// names of certificate files if TLS begins or ends.
std::vector<std::string> needs_restart(Side side, const config::Config& first, const config::Config& next);

// Returns, by their settings' keys, marks of the files that are read only at the start. A changed mark means that the
// file was replaced.
std::map<std::string, std::string> file_marks(const config::Config& config);

// Returns a message about the changes that a reload to `next` does not take over, after a start with `first` and these
// marks. Empty if it takes over all.
std::string not_taken(Side side, const config::Config& first, const std::map<std::string, std::string>& marks,
                      const config::Config& next);

}  // namespace tideline::modes
