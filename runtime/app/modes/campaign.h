// Campaign: chooses the plans and conditions that --profile measures, from config, model and machines.
//
//   const auto plans = choose_candidates(model, "useful", codecs);
//   const auto cells = read_grid("quick");
//   const auto context = plan_campaign(config, named, link.state());  // Both of these, and more.
//   if (!context) return fail(context.error(), ExitCode::bad_config);
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

// Returns the plans of `choice` ("useful", "all" or indices) with every codec, and edge-only once in any case. Leaves
// out plans whose heads are not held here. Returns invalid if none is left.
Result<std::vector<Candidate>> choose_candidates(const Model& model, std::string_view choice,
                                                 std::span<const Codec> codecs);

// Returns the cells (conditions) of a named grid, or of a TOML file. Its axes are uplink, rtt, edge_cpu, edge_memory,
// cloud_cpu and cloud_memory, each a list of quantities. The uplink "unshaped" leaves the link unchanged; an rtt is
// added to every round trip.
Result<std::vector<Stress>> read_grid(const std::string& name_or_file);

// Returns the campaign: its conditions, plans and settings, the model and both machines. Returns invalid if the grid or
// the cuts of the config are not valid.
Result<Context> plan_campaign(const Config& config, const NamedModel& named, const LinkState& cloud);

}  // namespace tideline
