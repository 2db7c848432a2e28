// Campaign: chooses the plans and conditions that --profile measures, from config, model and machines.
//
//   const auto plans = choose_candidates(named, "useful", codecs);
//   const auto cells = read_grid("quick");
//   const auto context = plan_campaign(config, named, link.state());  // Both of these, and more.
//   if (!context) return fail(context.error(), ExitCode::bad_config);
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/link/link.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace tideline::modes {

// Returns the plans of `choice` ("useful", "all" or indices) with every codec, and edge-only once in any case. If the
// model takes images, only those codecs are at cut 0. Leaves out plans whose heads are not held here. Returns invalid
// if none is left.
Result<std::vector<journal::Candidate>> choose_candidates(const NamedModel& named, std::string_view choice,
                                                          std::span<const plan::Codec> codecs);

// Returns the cells (conditions) of a named grid, or of a TOML file. Its axes are uplink, rtt, edge_cpu, edge_memory,
// cloud_cpu and cloud_memory, each a list of quantities. The uplink "unshaped" leaves the link unchanged; an rtt is
// added to every round trip.
Result<std::vector<plan::Stress>> read_grid(const std::string& name_or_file);

// Returns the campaign: its conditions, plans and settings, the model and both machines. Returns invalid if the grid or
// the cuts of the config are not valid, or a sequence has no plan to measure.
Result<journal::Context> plan_campaign(const config::Config& config, const NamedModel& named,
                                       const link::LinkState& cloud);

}  // namespace tideline::modes
