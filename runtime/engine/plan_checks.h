// PlanChecks: what the codecs of each cut send for real inputs, how well the answers agree, and how long coding takes.
//
//     const auto checked = check_plans({.model = *model, .image = image.get(), .inputs = inputs, .codecs = codecs});
//     for (const table::Estimate& plan : *checked) log("{} {}", plan.plan.cut, plan.wire.count);
//
// Needs no cloud: all parts run here. Belongs to one thread.
#pragma once

#include "policy/plan/plan.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"
#include "runtime/codec/image_codec.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/model/api/model.h"
#include "runtime/task/head.h"

#include <cstdint>
#include <functional>
#include <optional>
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
  std::optional<task::Detector> detector{};  // Also count the boxes that plans keep; absent: the model is no detector.
};

// Checks each codec at each cut that no other beats, but edge-only. An estimate has the mean bytes (alone, and in a
// stream), the means of encoding and (as tail) of decoding, and the agreement with the whole network as the model
// computes it; with labels, or with a detector, also the accuracy. Returns the error of the first run that fails.
// REQUIRES: the whole network is held, there is an input, and a sequence has two frames.
Result<std::vector<table::Estimate>> check_plans(const PlanChecks& asked);

}  // namespace tideline::engine
