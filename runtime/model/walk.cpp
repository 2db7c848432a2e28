#include "runtime/model/walk.h"

#include "runtime/model/complaint.h"
#include "runtime/model/piece.h"
#include "runtime/model/torch_tensor.h"

#include <c10/core/InferenceMode.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace tideline {
namespace {

std::string list(const std::vector<RawSpec>& specs) {
  std::string text;
  for (const auto& spec : specs) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}[{}]", name(spec.dtype), fmt::join(spec.shape, ","));
  }
  return text;
}

Landing landing(Seam seam, const std::vector<at::Tensor>& tensors, const Values& narrowed) {
  Landing landing{std::move(seam), {}, {}, {}};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    landing.tensors.push_back(spec_of(landing.seam.live[i]->debugName(), tensors[i]));
    landing.strides.push_back(tensors[i].strides().vec());
    landing.narrowed.push_back(narrowed.count(landing.seam.live[i]) > 0);
    if (landing.narrowed.back()) landing.tensors.back().dtype = DType::fp32;
  }
  return landing;
}

std::vector<at::Tensor> step(const Piece& piece, std::vector<at::Tensor> tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (piece.writes_to(i)) tensors[i] = tensors[i].clone();
  }
  return piece.run(std::move(tensors));
}

// Outputs are brought to dense, contiguous form after a run, so they only need to be of a type and shape that we know.
Result<void> check_outputs(std::vector<at::Tensor>& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].layout() == at::kStrided) outputs[i] = outputs[i].contiguous();
    if (shippable(outputs[i])) continue;
    return error(ErrorKind::invalid, "output {} is no plain tensor; let forward() return dense tensors of numbers", i);
  }
  return {};
}

}  // namespace

Result<std::vector<Landing>> walk(const std::vector<torch::jit::Node*>& operators, std::vector<Seam> seams,
                                  const std::vector<RawSpec>& inputs, const Values& narrowed) {
  try {
    const c10::InferenceMode inference;
    std::vector<at::Tensor> tensors;
    std::transform(inputs.begin(), inputs.end(), std::back_inserter(tensors), zeros);
    std::vector<Landing> landings{landing(seams.front(), tensors, narrowed)};
    for (std::size_t i = 1; i < seams.size(); ++i) {
      tensors = step(Piece(operators, seams[i - 1], seams[i]), std::move(tensors));
      const bool last = i + 1 == seams.size();
      if (last) {
        if (auto plain = check_outputs(tensors); !plain) return plain.error();
      }
      if (std::all_of(tensors.begin(), tensors.end(), shippable))
        landings.push_back(landing(seams[i], tensors, narrowed));
    }
    return landings;
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "the network does not accept {} ({}); give the right type and shape with --input",
                 list(inputs), complaint(thrown));
  }
}

}  // namespace tideline
