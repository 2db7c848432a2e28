// ImageFolder: reads a folder of images as the inputs of measurements.
#pragma once

#include "runtime/base/result.h"
#include "runtime/engine/sample_inputs.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tideline::modes {

// Reads the images in a folder by the order of their names, at most `most`, and their classes from `labels.csv` there
// (runtime/engine/README.md), if it exists. Files with other endings than .jpg, .jpeg, .png and .webp, and folders, are
// left out. Returns invalid, with the file's name, if a file cannot be read or decoded, if there is none, or if
// `labels.csv` names one that is not there.
Result<engine::SampleInputs> read_image_folder(const std::filesystem::path& folder,
                                               std::shared_ptr<const codec::ImageInput> taken, std::uint32_t most);

}  // namespace tideline::modes
