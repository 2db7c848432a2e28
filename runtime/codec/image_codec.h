// Image codec: converts image files to the bytes that a plan at cut 0 names, and those to the network's input.
//
//     const Result<Tensor> wire = encode_images(Codec::jpeg95, files, taken);
//     if (!wire) return wire.error();  // The client's file is at fault.
//     const Result<Tensor> input = decode_images(Codec::jpeg95, taken, files.size(), wire->data(),
//     wire->bytes().size());
//
// `source` and `u8` give the same input as input_of(), bit for bit, on every machine. A file is a tensor uint8[bytes].
// Pure functions of their arguments. REQUIRES of all: the codec is one of images. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/memory_gate.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/codec/size_range.h"
#include "runtime/image/file.h"
#include "runtime/image/preparation.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace tideline::codec {

// How a model takes images.
struct ImageInput {
  image::Preparation preparation;
  image::Limits limits;
  std::shared_ptr<MemoryGate> memory;  // Bounds what all images that are decoded at once take; null: no bound.
};

// Returns the network's input for a batch of files, fp32. Returns invalid, with a sentence for the client that names
// the file if there are several, when a file is not an image that can be decoded whole within the limits. Waits while
// other images take the memory.
Result<Tensor> input_of(std::span<const Tensor> files, const ImageInput& taken);

// Returns the wire form of a batch of files, or invalid as input_of() does. `source` only reads the files' headers.
Result<Tensor> encode_images(plan::Codec codec, std::span<const Tensor> files, const ImageInput& taken);

// Returns how many bytes encode_images() may return for so many files.
SizeRange encoded_images_size(plan::Codec codec, const ImageInput& taken, std::int64_t batch);

// Returns the network's input for a batch from its wire form. Returns corrupt when encode_images() cannot have returned
// these bytes, and invalid when a file cannot be decoded.
Result<Tensor> decode_images(plan::Codec codec, const ImageInput& taken, std::int64_t batch,
                             std::shared_ptr<const std::byte> wire, std::size_t size);

}  // namespace tideline::codec
