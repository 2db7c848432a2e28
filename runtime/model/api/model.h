// Model: a TorchScript network, optimised once, that can be run whole or from any cut to any later one.
//
//     const auto model = Model::load("net.pt", {});
//     if (!model) return model.error();
//     const auto crossing = (*model)->run((*model)->head(cut), inputs);
//     const auto outputs = (*model)->run((*model)->tail(cut), *crossing);
//
// Immutable after load(). For every cut k, running [0, k) and then [k, end) equals running the whole, bit for bit. All
// cuts share the weights of one network: having all cuts ready costs no second copy. Thread-safe. Each thread that
// calls run() gets an OpenMP team of its own, so call it from long-lived threads.
#pragma once

#include "runtime/base/device.h"
#include "runtime/base/kernel_choice.h"
#include "runtime/base/precision.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/units.h"
#include "runtime/model/api/cut.h"
#include "runtime/model/cuts/region.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::model {

// The part of the network from one cut to a later one. {0, last} is the whole.
struct Range {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  auto operator<=>(const Range&) const = default;
};

class Model {
 public:
  struct Options {
    // Types and shapes of the inputs; if empty, the file's extra data defines them (`inputs.json`, see README.md).
    std::vector<TensorSpec> inputs;
    // Names of the outputs; if empty, `inputs.json` gives them, or else the network.
    std::vector<std::string> outputs;
    // Returns what an image becomes before it is an input of those specs, as a text that goes into the digest; empty if
    // the model takes no images. `image_json` is the file's extra data of that name, empty if it has none. If the
    // function is empty, the model takes no images.
    std::function<Result<std::string>(std::span<const TensorSpec> inputs, const std::string& image_json)> image;
    Precision precision = Precision::fp32;
    Device device;                                   // Where the network computes and keeps its weights.
    KernelChoice kernels = KernelChoice::automatic;  // On the processor. Cuts and digest do not depend on it.
    // The largest batch of run(), if the batch varies (the inputs' first size is kAnyBatch).
    std::int64_t max_batch = 64;
    // Limit of this process's memory for the network, counted as in Cut::head_memory; absent: no limit, for the best
    // speed.
    std::optional<Bytes> memory;
  };

  // Reads, freezes and optimises the network, finds its cuts, and runs it a few times to learn their shapes. Then frees
  // everything after the deepest cut that `options.memory` allows; while loading, the whole network is in memory. From
  // then on this process keeps the memory that its runs need. Returns invalid, with a message for the operator, when
  // * the file is not TorchScript, or does not fit into memory;
  // * the network takes no tensor, or its result does not follow from its inputs alone;
  // * the input's shape is unknown or does not fit;
  // * an output is not a tensor, or `options` or the file name another number of outputs;
  // * the processor does not support the precision or the kernels, or the device does not exist;
  // * not even the input fits into `options.memory`, or that is set for a device other than the processor.
  static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& file, const Options& options);

  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const std::string& digest() const;  // 64 hex digits that identify the file, its cuts and images; see digest.h.
  Precision precision() const;        // The tensors that cross at a cut do not depend on it.
  const Device& device() const;
  KernelChoice kernels() const;  // What computes the network; never `automatic`.
  std::span<const TensorSpec> inputs() const;
  std::span<const TensorSpec> outputs() const;
  std::span<const Cut> cuts() const;  // At least two: cloud-only and edge-only.
  std::uint32_t last_cut() const;     // The index of edge-only.
  std::uint32_t deepest_cut() const;  // The last cut whose head is loaded; last_cut() when the whole network is.
  bool holds_all() const { return deepest_cut() == last_cut(); }
  std::span<const cuts::Region> undivided() const;
  std::span<const std::string> defaults() const;  // Inputs left at their defaults, as "mask = None".
  bool takes_any_batch() const;  // If true, the first size of every tensor of every cut is kAnyBatch: 1 to max_batch().
  std::int64_t max_batch() const;  // 1 if the batch does not vary.
  Bytes parameters() const;
  Range head(std::uint32_t cut) const { return {0, cut}; }
  Range tail(std::uint32_t cut) const { return {cut, last_cut()}; }
  Range whole() const { return {0, last_cut()}; }

  // Runs [range.from, range.to). `in` are the tensors of cut range.from, the result those of cut range.to. An empty
  // range returns its input. If the batch varies, all of `in` have one batch, and so has the result. Returns invalid
  // when the range is not of this model or not loaded, or the tensors do not match the cut in number, types and shapes.
  // Also when no machine could accept their numbers (input_fault.h). Returns internal when libtorch fails.
  Result<std::vector<Tensor>> run(Range range, std::span<const Tensor> in) const;

  // Like run(), but calls `wanted` on this thread between layers, at least a few times per network. Returns unavailable
  // once it returns false.
  Result<std::vector<Tensor>> run_while(const std::function<bool()>& wanted, Range range,
                                        std::span<const Tensor> in) const;

  // Runs [range.from, range.to) on the inputs of `count` requests as one batch. Each tensor of `in`, and of the result,
  // has all requests concatenated along its first size. Takes no second copy of the weights. keeps_apart() decides
  // whether the requests may influence each other. Returns errors as run() does. Also returns invalid if a tensor has
  // no dimensions, and internal when the network does not accept such a batch.
  Result<std::vector<Tensor>> run_together(Range range, std::span<const Tensor> in, std::int64_t count) const;

  // Returns success when the graph of `range` proves this: requests of `rows` rows each get the same results in one
  // batch as alone, within rounding. The proof holds for any numbers and any count of requests. Otherwise returns an
  // error that names the first layer without a proof. `rows` matters only if the batch varies. Slow: runs the range.
  Result<void> keeps_apart(Range range, std::int64_t rows) const;

  // Builds and runs `range` now, so that later runs of it start at once.
  Result<void> warm(Range range) const;

 private:
  struct State;
  explicit Model(std::unique_ptr<const State> state);

  const std::unique_ptr<const State> state_;
};

// Returns true iff both digests are of models from the same file, which may be cut differently.
bool of_one_file(std::string_view digest, std::string_view other);

// Returns tensors of those specs (with a batch of one where it varies) filled with standard normal numbers (whole
// numbers in [0, 8) for integer types). The same seed gives the same numbers on every machine.
std::vector<Tensor> random_tensors(std::span<const TensorSpec> specs, std::uint64_t seed);

// Sets how many threads one run may use. Process-wide, like libtorch's own setting; call before the first run.
void set_compute_threads(int threads);

// What the engine runs on: versions of libtorch and the loaded BLAS, vector instructions, fastest kernels, threads.
struct EngineVersion {
  std::string libtorch;
  std::string blas;  // "OpenBLAS 0.3.21", or the path of the library if it reports no version.
  std::string simd;  // "AVX2"
  KernelChoice kernels = KernelChoice::libtorch;
  int threads = 0;
};
EngineVersion engine_version();

}  // namespace tideline::model
