// PlanChecks: what the codecs of each cut send for real inputs, how well the answers agree, and how long coding takes.
//
//     const auto checked = check_plans({.model = *model, .image = image.get(), .inputs = inputs, .codecs = codecs});
//     for (const CheckedPlan& plan : checked->plans) log("{} {}", plan.estimate.plan.cut, plan.estimate.wire.count);
//
// Needs no cloud: all parts run here. Belongs to one thread.
#pragma once

#include "policy/plan/plan.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"
#include "runtime/codec/image_codec.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tideline::engine {

struct PlanChecks {
  const model::Model& model;
  const codec::ImageInput* image = nullptr;  // Null: the model takes no images.
  const SampleInputs& inputs;
  std::span<const plan::Codec> codecs;  // At cut 0 of images only those of images, else the others.
  std::function<void(std::uint32_t done)> on_input = nullptr;  // Called after each input.
  const SampleInputs* sequence = nullptr;  // Frames, over which steps are also measured in a stream; null: none.
  std::function<void(std::uint32_t done)> on_frame = nullptr;  // Called after each frame.
};

// The mean bytes (alone, and in a stream), the means of encoding and (as tail) of decoding, and the agreement with the
// whole network as the model computes it.
struct CheckedPlan {
  table::Estimate estimate;
  plan::Accuracy accuracy;
};

struct CheckedPlans {
  std::vector<CheckedPlan> plans;
  plan::Accuracy whole;  // Of the whole network; without labels, all zero.
};

// Checks each codec at each cut that no other beats, but edge-only. Returns the error of the first run that fails.
// REQUIRES: the whole network is held, there is an input, and a sequence has two frames.
Result<CheckedPlans> check_plans(const PlanChecks& asked);

}  // namespace tideline::engine
