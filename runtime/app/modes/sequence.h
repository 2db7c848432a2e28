// Sequence: the frames of --sequence, over which bytes in a stream are measured.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/engine/sample_inputs.h"

#include <optional>
#include <span>
#include <string>

namespace tideline::modes {

// Returns the frames, at most 200; nothing if none are asked for. Returns invalid as read_image_folder() does, and if
// the model takes no images, or the folder has fewer than two.
Result<std::optional<engine::SampleInputs>> read_sequence(const config::Config& config, const NamedModel& named);

// Returns what they are, for people, as "40 frames"; empty: none.
std::string sequence_text(const std::optional<engine::SampleInputs>& sequence);

// Returns invalid unless one of the plans sends steps, or there is no sequence.
Result<void> check_steps(const config::Config& config, std::span<const plan::Plan> plans);

}  // namespace tideline::modes
