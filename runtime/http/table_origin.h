// Table origin: whether a table was measured on the machines that use it. Pure. Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace tideline::http {

// Returns true iff both descriptions tell the same processor and cores; nothing if they have none of these in common.
std::optional<bool> same_machine(const std::map<std::string, std::string>& measured,
                                 const std::map<std::string, std::string>& now);

}  // namespace tideline::http
