// Stream bytes: what plans send for the frames of a sequence, as a stream: each frame as a difference to the one
// before, where that is shorter.
//
//     const auto bytes = stream_bytes(*model, clip, plans);
//     if (bytes) log("{} sends {}", plans[0].cut, (*bytes)[0].count);
//
// Needs no cloud: heads run here, and bytes are counted where they are made.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tideline::engine {

// Returns the mean bytes of the frames after the first, for each plan; the error of the first run that fails. Calls
// `on_frame` after each frame. Plans of one cut share a run. REQUIRES: there are two frames, all codecs are of steps,
// cuts do not fall, and their heads are held.
Result<std::vector<Bytes>> stream_bytes(const model::Model& model, const SampleInputs& sequence,
                                        std::span<const plan::Plan> plans,
                                        const std::function<void(std::uint32_t done)>& on_frame = nullptr);

}  // namespace tideline::engine
