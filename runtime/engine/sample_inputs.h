// SampleInputs: the inputs that measurements use: random numbers, images, or what clients sent.
//
//     const auto inputs = SampleInputs::random(model.inputs(), 1, 16);
//     for (std::uint32_t i = 0; i < inputs.size(); ++i) session.infer(inputs.at(i), {deadline});
//
// Immutable. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/image_codec.h"
#include "runtime/engine/input.h"

#include <cstdint>
#include <memory>
#include <set>
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

  // An image file, and the classes that are right for it; none if that is not known.
  struct Image {
    std::string name;
    Tensor file;
    std::set<std::uint32_t> classes{};
  };
  // Returns invalid, with the file's name, if one cannot be decoded. REQUIRES: there is one.
  static Result<SampleInputs> of_images(std::vector<Image> images, std::shared_ptr<const codec::ImageInput> taken);

  // What clients sent. What their images point to must outlive the inputs. REQUIRES: there is one.
  static SampleInputs of_clients(std::vector<Input> inputs);

  std::uint32_t size() const;
  Input at(std::uint32_t i) const;  // REQUIRES: i < size().
  // Returns the classes that are right for input i; none if that is not known. REQUIRES: i < size().
  std::set<std::uint32_t> classes(std::uint32_t i) const;
  SampleInputs first(std::uint32_t count) const;  // The first inputs; all if there are fewer.
  std::uint32_t labelled() const;                 // How many have known classes.
  // Returns what they are, for people, as "190 images, 188 of them labelled"; empty: random numbers.
  const std::string& text() const { return text_; }

 private:
  SampleInputs() = default;

  std::vector<TensorSpec> specs_;
  std::uint64_t seed_ = 0;
  std::uint32_t count_ = 0;
  std::vector<Image> images_;
  std::shared_ptr<const codec::ImageInput> taken_;  // Null: no images_.
  std::vector<Input> given_;                        // If there are some, these alone count.
  std::string text_;
};

}  // namespace tideline::engine
