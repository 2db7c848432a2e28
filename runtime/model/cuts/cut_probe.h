// CutProbe: what one run of the network shows at each of its seams.
#pragma once

#include "runtime/model/cuts/piece.h"
#include "runtime/model/graph/quantised.h"
#include "runtime/model/graph/raw_tensor.h"
#include "runtime/model/script/cut_candidates.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

struct CutProbe {
  std::vector<RawSpec> tensors;
  std::vector<std::vector<std::int64_t>> strides;
  std::vector<std::optional<Quantisation>> quantised;  // How each is quantised; nothing where it is not.
  std::vector<std::uint64_t> bytes;
  std::string obstacle;     // What keeps the tensors from crossing; empty where nothing does.
  std::uint64_t alive = 0;  // Bytes of all tensors, the inputs among them, once what crosses is row-major.
  std::uint64_t most = 0;   // The most that were alive at once so far.
};

// The operators between each seam without an obstacle and the next such, made once for several runs.
class ProbeRun {
 public:
  ProbeRun(const std::vector<torch::jit::Node*>& operators, const std::vector<CutCandidate>& seams, at::Device device);

  // Returns what is seen at each of these seams, in order, for inputs that are filled so. Throws what libtorch throws.
  std::vector<CutProbe> look(const std::vector<RawSpec>& inputs, at::Tensor (*fill)(const RawSpec&)) const;

 private:
  const at::Device device_;
  std::vector<std::vector<std::string>> names_;  // Of what is alive at each.
  std::vector<Piece> pieces_;
};

// Returns true iff the tensors have the same types and shapes.
bool same_shapes(const CutProbe& a, const CutProbe& b);

// Returns true iff the tensors that are quantised are so by the same scales. REQUIRES: same_shapes().
bool same_scales(const CutProbe& a, const CutProbe& b);

// Returns true iff the first size of every tensor is the batch, it lies outermost in memory, and nothing else of it
// depends on the batch. REQUIRES: they were seen at batches of one, two and three.
bool batch_is_first(const CutProbe& one, const CutProbe& two, const CutProbe& three);

}  // namespace tideline
