// Campaign: what a profile run measures, made from the config, the model and the two machines.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/parts.h"
#include "runtime/base/result.h"
#include "runtime/link/link.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace tideline {

// Returns the plans of `choice` ("useful", "all" or indices) with every codec; edge-only is always among them, once.
// Plans whose heads are not held here are left out; invalid when none is left.
Result<std::vector<Candidate>> choose_candidates(const Model& model, std::string_view choice,
                                                 std::span<const Codec> codecs);

// Returns the cells of a named grid or of a TOML file with the axes uplink, rtt, edge_cpu, edge_memory, cloud_cpu and
// cloud_memory, each a list of quantities ("unshaped" among the uplinks leaves the link as it is; an rtt is added to
// every round trip).
Result<std::vector<Stress>> read_grid(const std::string& name_or_file);

Result<Context> plan_campaign(const Config& config, const NamedModel& named, const LinkState& cloud);

}  // namespace tideline
