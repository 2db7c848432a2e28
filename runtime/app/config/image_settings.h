// ImageSettings: how a model takes images, and what becomes of its answer, as its operator writes it.
//
//     ImageSettings settings;
//     if (const auto set = set_image(settings, "preset", "yolo"); !set) return set.error();
//     const Result<image::Preparation> prepared = preparation_of(settings, model.inputs().front());
//
// Values. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/image/preparation.h"
#include "runtime/task/task.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::config {

struct ImageSettings {
  std::string preset;  // Empty: `raw`, with the values below.
  std::optional<std::int32_t> width, height, resize_to;
  std::optional<image::Fit> fit;
  std::optional<image::Colour> colour;
  std::optional<image::Layout> layout;
  std::optional<double> scale;
  std::optional<std::array<double, 3>> mean, std;
  std::optional<std::uint8_t> border;
  std::string labels;              // A file; empty: none.
  std::optional<task::Kind> task;  // Absent: none.
};

// Returns true iff there is a setting of that name, as "fit".
bool is_image_setting(std::string_view key);

// Takes over one value. Returns invalid, without the key, if there is no such setting or the value is bad.
Result<void> set_image(ImageSettings& settings, std::string_view key, std::string_view value);

// Replaces the values that are set in `by`.
void replace_set(ImageSettings& settings, const ImageSettings& by);

// Returns the preset with the values that replace its own, in the size of the network's input. Returns invalid if they
// do not fit together or do not fit the input.
Result<image::Preparation> preparation_of(const ImageSettings& settings, const TensorSpec& input);

}  // namespace tideline::config
