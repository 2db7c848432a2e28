// SampleInputs: the inputs that measurements use: random numbers, or images.
//
//     const auto inputs = SampleInputs::random(model.inputs(), 1, 16);
//     for (std::uint32_t i = 0; i < inputs.size(); ++i) session.infer(inputs.at(i), deadline);
//
// Immutable. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/image_codec.h"
#include "runtime/engine/input.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tideline::engine {

class SampleInputs {
 public:
  // Draws tensors of those specs, which are made again at each use.
  static SampleInputs random(std::span<const TensorSpec> specs, std::uint64_t seed, std::uint32_t count);

  // Draws JPEG files of 640 x 480 pixels: soft patterns with some noise. Nothing in them looks like a photo.
  static SampleInputs random_images(std::shared_ptr<const codec::ImageInput> taken, std::uint64_t seed,
                                    std::uint32_t count);

  // Reads the images in a folder, by the order of their names, at most `most`. Returns invalid, with the file's name,
  // if one cannot be decoded, and if there is none. Files with other endings than .jpg, .jpeg, .png and .webp, and
  // folders, are left out.
  static Result<SampleInputs> read_folder(const std::filesystem::path& folder,
                                          std::shared_ptr<const codec::ImageInput> taken, std::uint32_t most);

  std::uint32_t size() const;
  Input at(std::uint32_t i) const;                // REQUIRES: i < size().
  SampleInputs first(std::uint32_t count) const;  // The first inputs; all if there are fewer.
  // Returns what was measured over, for people: "16 random inputs", "190 images of photos/".
  const std::string& text() const { return text_; }

 private:
  SampleInputs() = default;

  std::vector<TensorSpec> specs_;
  std::uint64_t seed_ = 0;
  std::uint32_t count_ = 0;
  std::vector<Tensor> files_;
  std::shared_ptr<const codec::ImageInput> taken_;  // Null: random tensors.
  std::string text_;
};

}  // namespace tideline::engine
