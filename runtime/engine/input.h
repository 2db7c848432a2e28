// Input: the input of one request: tensors, or image files, which are decoded once a part of the network runs here.
//
//     Input input(std::move(files), &taken);
//     if (sends_image) wire = codec::encode_images(plan.codec, input.files(), *input.taken());
//     const auto tensors = input.tensors();  // Decodes the files; a second call does not.
//
// Belongs to one thread at a time.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/image_codec.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tideline::engine {

class Input {
 public:
  explicit Input(std::vector<Tensor> tensors) : tensors_(std::move(tensors)) {}
  // `taken` must outlive the input. REQUIRES: there is a file.
  Input(std::vector<Tensor> files, const codec::ImageInput& taken) : files_(std::move(files)), taken_(&taken) {}

  bool is_image() const { return taken_ != nullptr; }
  bool is_ready() const { return !is_image() || !tensors_.empty(); }  // If false, tensors() has yet to decode.

  // REQUIRES: is_image().
  std::span<const Tensor> files() const { return files_; }
  const codec::ImageInput& taken() const { return *taken_; }

  // REQUIRES: is_ready().
  std::span<const Tensor> ready() const { return tensors_; }

  // Returns the first size of the tensors; 1 if there is none.
  std::int64_t batch() const;

  // Returns the network's input. Returns invalid, with a sentence for the client, when a file is not a whole image.
  Result<std::span<const Tensor>> tensors();

 private:
  std::vector<Tensor> tensors_;
  std::vector<Tensor> files_;
  const codec::ImageInput* taken_ = nullptr;
};

}  // namespace tideline::engine
