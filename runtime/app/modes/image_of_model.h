// ImageOfModel: finds how a model takes images: in the config, or in the model file's `image.json`.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/codec/image_codec.h"
#include "runtime/http/vision.h"
#include "runtime/task/task.h"

#include <optional>
#include <span>
#include <string>

namespace tideline::modes {

// Returns the settings of that model: those of the config replace those of `image_json` one by one. Returns nothing if
// neither has any, and invalid if the text is not an object of known settings.
Result<std::optional<config::ImageSettings>> image_settings_of(const config::Config& config, const std::string& name,
                                                               const std::string& image_json);

// Returns how a network with these inputs takes images. Returns invalid unless it has one input that an image can be.
Result<codec::ImageInput> image_input_of(const config::ImageSettings& settings, std::span<const TensorSpec> inputs);

// Returns what an edge computes from the network's outputs. Returns invalid if the labels cannot be read, or the task
// does not fit the outputs.
Result<task::Task> task_of(const config::ImageSettings& settings, const codec::ImageInput& image,
                           std::span<const TensorSpec> outputs);

// Returns what HTTP clients may ask of the model; it points into `named`.
http::Vision vision_of(const NamedModel& named);

}  // namespace tideline::modes
