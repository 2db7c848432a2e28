// ImageFolder: reads a folder of images as the inputs of measurements.
#pragma once

#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/engine/sample_inputs.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tideline::modes {

// Reads the images in a folder by the order of their names, at most `most`. Files with other endings than .jpg, .jpeg,
// .png and .webp, and folders, are left out. Returns invalid, with the file's name, if a file cannot be read or
// decoded, or if there is none.
Result<engine::SampleInputs> read_image_folder(const std::filesystem::path& folder,
                                               std::shared_ptr<const codec::ImageInput> taken, std::uint32_t most);

// The same, with the right classes of the images by `labels.csv` there (runtime/engine/README.md), if it exists and the
// model is no detector. Also returns invalid if that file is not of its format, names an image that is not there or a
// class that the network does not have, if none of the images that are read has a label, or if the answers of the
// network are not classes. REQUIRES: the model takes images.
Result<engine::SampleInputs> read_labelled_folder(const std::filesystem::path& folder, const NamedModel& named,
                                                  std::uint32_t most);

}  // namespace tideline::modes
