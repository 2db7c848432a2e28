// CutNetwork: runs a network up to a cut and on from it, with bytes of other programs in between.
//
// Belongs to one thread.
#pragma once

#include "bench/features/coded_photos.h"
#include "bench/features/fixed_step.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tideline {

class CutNetwork {
 public:
  // REQUIRES: it takes images.
  explicit CutNetwork(modes::NamedModel named) : named_(std::move(named)) {}

  // Returns the cuts but edge-only that no other beats, each with the share of the network's time before it.
  Result<nlohmann::json> cuts(const std::string& photo) const;

  // Returns for each of these cuts and each codec there what it sends for the photos of a folder, its times and its
  // loss.
  Result<nlohmann::json> codecs(const std::string& folder) const;

  // Returns for each codec of steps what the tensors of a cut take over the frames of a folder, in the order of their
  // names: whole, and as differences to the frame before. Returns invalid unless there are two.
  Result<nlohmann::json> clip(std::uint32_t cut, const std::string& folder) const;

  // Returns for each codec of steps what the tensors of a cut take with a step of their own, and with one learned from
  // half of the photos; over the other half. Returns invalid unless there are two photos.
  Result<nlohmann::json> steps(std::uint32_t cut, const std::string& folder) const;

  // Returns the bytes of the pixels that the network sees: [height,width,channels].
  Result<Tensor> pixels(const std::string& photo) const;

  // Returns the tensors that cross at that cut.
  Result<std::vector<Tensor>> crossing(std::uint32_t cut, const std::string& photo) const;

  // Returns what an answer loses beside that to the photo (loss.h), if these bytes are the network's pixels, or the
  // tensors at the cut.
  Result<nlohmann::json> answer_to_pixels(const std::string& photo, const Tensor& pixels) const;
  Result<nlohmann::json> answer_from_cut(std::uint32_t cut, const std::string& photo, const Tensor& bytes) const;

 private:
  Result<std::vector<Tensor>> input(const std::string& photo) const;
  Result<std::vector<std::vector<Tensor>>> crossings(std::uint32_t cut, const std::string& folder) const;
  Result<nlohmann::json> sent(std::uint32_t cut, std::span<const std::vector<Tensor>> photos,
                              const std::function<Result<SentTensors>(std::span<const Tensor>)>& through) const;
  Result<nlohmann::json> compare(std::uint32_t cut, const std::string& photo, std::span<const Tensor> tensors) const;
  // Adds one photo to all plans, which are in the order of their cuts.
  Result<void> add_photo(engine::Input photo, std::vector<CodedPhotos>& plans) const;

  const modes::NamedModel named_;
};

}  // namespace tideline
