// Sight: what one run of the network shows at each of its seams.
#pragma once

#include "runtime/model/cuts/piece.h"
#include "runtime/model/graph/quantised.h"
#include "runtime/model/graph/raw_tensor.h"
#include "runtime/model/script/seams.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

struct Sight {
  std::vector<RawSpec> tensors;
  std::vector<std::vector<std::int64_t>> strides;
  std::vector<std::optional<Quantisation>> quantised;  // How each is quantised; nothing where it is not.
  std::vector<std::uint64_t> bytes;
  std::string obstacle;     // What keeps the tensors from crossing; empty where nothing does.
  std::uint64_t alive = 0;  // Bytes of all tensors, the inputs among them, once what crosses is row-major.
  std::uint64_t most = 0;   // The most that were alive at once so far.
};

// The operators between each seam without an obstacle and the next such, made once for several runs.
class Path {
 public:
  Path(const std::vector<torch::jit::Node*>& operators, const std::vector<Seam>& seams, at::Device device);

  // Returns what is seen at each of these seams, in order, for inputs that are filled so. Throws what libtorch throws.
  std::vector<Sight> look(const std::vector<RawSpec>& inputs, at::Tensor (*fill)(const RawSpec&)) const;

 private:
  const at::Device device_;
  std::vector<std::vector<std::string>> names_;  // Of what is alive at each.
  std::vector<Piece> pieces_;
};

// Returns true iff the tensors have the same types and shapes.
bool same_shapes(const Sight& a, const Sight& b);

// Returns true iff the tensors that are quantised are so by the same scales. REQUIRES: same_shapes().
bool same_scales(const Sight& a, const Sight& b);

// Returns true iff the first size of every tensor is the batch, it lies outermost in memory, and nothing else of it
// depends on the batch. REQUIRES: they were seen at batches of one, two and three.
bool batch_is_first(const Sight& one, const Sight& two, const Sight& three);

}  // namespace tideline
