// Model: a TorchScript network, optimised once, that can be run whole or from any cut to any other.
//
// Immutable after load(). For every cut k, running [0, k) and then [k, end) equals running the whole, bit for bit.
// All cuts share the weights of the one network: having them all ready costs no second copy.
// Thread-safe. Each thread that calls run() gets an OpenMP team of its own, so call from threads that live long.
#pragma once

#include "runtime/base/device.h"
#include "runtime/base/precision.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// Where the graph may be divided.
struct Cut {
  std::uint32_t index = 0;          // 0: the inputs cross (cloud-only). The last: nothing crosses (edge-only).
  std::string name;                 // The last layer of the head, "features.2 max_pool2d"; "input"; "output".
  std::vector<TensorSpec> tensors;  // What crosses, in order; for the last cut the network's outputs.
  Bytes bytes;                      // Sum of the tensors' bytes, before any codec; 0 for the last cut. Of a batch of
                                    // one where it varies.
  Bytes head_parameters;            // Weights that the head needs resident.
  Bytes tail_parameters;            // Weights that the tail needs resident.
  Bytes head_memory;                // What the head needs resident: its weights as they are kept, and the most that its
                                    // tensors take at once, with the inputs and what crosses; of a batch of one. Never
                                    // falls from cut to cut.
  bool dominated = false;           // An earlier cut ships no more bytes, so this one only moves work to the edge.
};

// The part of the network from one cut to a later one. {0, last} is the whole.
struct Range {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  auto operator<=>(const Range&) const = default;
};

// Operators between two neighbouring cuts, between which the graph cannot be divided. They run as one.
struct Undivided {
  std::uint32_t after = 0;    // The cut before them.
  std::size_t operators = 0;  // How many compute.
  std::string why;            // "a list is alive"
};

class Model {
 public:
  struct Options {
    // What the network takes; when empty, what the file's extra data says (`inputs.json`, see README.md).
    std::vector<TensorSpec> inputs;
    Precision precision = Precision::fp32;
    Device device;  // Where it computes, with its weights in that device's memory.
    // The most that run() takes at once where the batch varies: where the inputs' first size is kAnyBatch.
    std::int64_t max_batch = 64;
    // What the network may take of this process's memory, as Cut::head_memory counts it; absent: as much as
    // it needs to be fast.
    std::optional<Bytes> memory;
  };

  // Reads, freezes and optimises the network, finds its cuts, and runs it a few times to learn their shapes.
  // What lies behind the deepest cut that `options.memory` allows is let go again; while loading, the whole is there.
  // From then on this process keeps the memory that its runs need. Returns invalid, with a sentence for the operator,
  // when the file is not TorchScript or does not fit into memory, the network takes no tensor or is not settled by what
  // it takes, the input's shape is unknown or does not fit, an output is no tensor, the processor does not have the
  // precision, there is no such device, or not even the input fits into `options.memory`, which is of no device but the
  // processor.
  static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& file, const Options& options);

  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const std::string& digest() const;  // 64 hex digits: 32 of the SHA-256 of the file, and 32 of that of its cuts.
  Precision precision() const;        // What crosses at a cut does not depend on it.
  const Device& device() const;
  std::span<const TensorSpec> inputs() const;
  std::span<const TensorSpec> outputs() const;
  std::span<const Cut> cuts() const;  // At least two: cloud-only and edge-only.
  std::uint32_t last_cut() const;     // Index of edge-only.
  std::uint32_t deepest_cut() const;  // The last cut whose head is held here; last_cut() when all of it is.
  bool holds_all() const { return deepest_cut() == last_cut(); }
  std::span<const Undivided> undivided() const;
  std::span<const std::string> defaults() const;  // Inputs that are left at their defaults, as "mask = None".
  bool takes_any_batch() const;    // Then the first size of every tensor of every cut is kAnyBatch, 1 to max_batch().
  std::int64_t max_batch() const;  // 1 where the batch does not vary.
  Bytes parameters() const;
  Range head(std::uint32_t cut) const { return {0, cut}; }
  Range tail(std::uint32_t cut) const { return {cut, last_cut()}; }
  Range whole() const { return {0, last_cut()}; }

  // Runs [range.from, range.to). `in` are the tensors of cut range.from, the answer those of cut range.to.
  // An empty range returns its input. Where the batch varies, `in` is of one batch, and so is the answer. Returns
  // invalid when the range is not of this model or not held here, or the tensors are not in number, type and shape what
  // crosses there, or hold numbers that no machine would take (input_fault.h); internal when libtorch fails.
  Result<std::vector<Tensor>> run(Range range, std::span<const Tensor> in) const;

  // As run(), but asks `wanted` on this thread between layers, a few times per network at least, and returns
  // unavailable once it says no.
  Result<std::vector<Tensor>> run_while(const std::function<bool()>& wanted, Range range,
                                        std::span<const Tensor> in) const;

  // Runs [range.from, range.to) on the inputs of `count` requests as one batch: each of `in` is what crosses there, of
  // all requests one behind the other along its first size, and so is each answer. Takes no second copy of the weights.
  // Whether requests look at each other is for keeps_apart() to say. Returns errors as run() does; invalid where a
  // tensor has no first size; internal when the network does not take such a batch.
  Result<std::vector<Tensor>> run_together(Range range, std::span<const Tensor> in, std::int64_t count) const;

  // Returns nothing when it follows from the graph of `range` that requests of `rows` each, which run as one batch, get
  // what each would get alone, but for rounding, whatever numbers they bring and however many they are. Else an error
  // that says of which layer that is not known. `rows` counts where the batch varies alone. Slow: runs the range.
  Result<void> keeps_apart(Range range, std::int64_t rows) const;

  // Makes later runs of `range` start at once, by building and running it now.
  Result<void> warm(Range range) const;

 private:
  struct State;
  explicit Model(std::unique_ptr<const State> state);

  const std::unique_ptr<const State> state_;
};

// Returns true iff digests are of models from the same file, which may be cut differently.
bool of_one_file(std::string_view digest, std::string_view other);

// Returns tensors of those specs (of a batch of one where that varies) filled with standard normal numbers (whole
// numbers in [0, 8) for integer types), the same for the same seed on every machine.
std::vector<Tensor> random_tensors(std::span<const TensorSpec> specs, std::uint64_t seed);

// Sets how many threads one run may use. Process-wide, as libtorch's own setting is; call before the first run.
void set_compute_threads(int threads);

// Returns what the engine runs on: libtorch's version, the BLAS that is loaded, threads, vector instructions.
struct EngineVersion {
  std::string libtorch;
  std::string blas;  // "OpenBLAS 0.3.21", or the path of the library when it does not say.
  std::string simd;  // "AVX2"
  int threads = 0;
};
EngineVersion engine_version();

}  // namespace tideline
