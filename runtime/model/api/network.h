// Network: the libtorch part of Model: the frozen graph, its cuts, and the pieces between them.
//
// Immutable except for a cache of pieces. Thread-safe. This header shows nothing of libtorch. It
// must compile as C++17, like tensor.h.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/tensor.h"
#include "runtime/model/api/cut.h"
#include "runtime/model/cuts/region.h"
#include "runtime/model/graph/compute_options.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tideline::model {

class Network {
 public:
  // Returns the inputs' specs, in order, from the file's `inputs.json` (may be empty) and the inputs' names.
  using AskInputs = std::function<Result<std::vector<TensorSpec>>(const std::string& inputs_json,
                                                                  const std::vector<std::string>& names)>;

  // Reads and optimises the network, and runs it a few times to learn which tensors cross at each cut.
  static Result<std::unique_ptr<Network>> load(const std::string& file, const graph::ComputeOptions& options,
                                               const AskInputs& ask_inputs);

  ~Network();  // Returns the memory of the weights to the system.
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const std::vector<Cut>& cuts() const;  // At least two: the start and the end. Unchanged by keep_head().
  const std::vector<cuts::Region>& undivided() const;
  const std::vector<std::string>& defaults() const;  // Inputs left at their defaults, as "mask = None".
  const std::string& inputs_json() const;            // The file's `inputs.json`; empty if it has none.
  const std::string& image_json() const;             // The file's `image.json`; empty if it has none.
  KernelChoice kernels() const;                      // What computes it; never `automatic`.

  // Names the outputs, in order. REQUIRES: no other user of this network yet, a name for each.
  void name_outputs(const std::vector<std::string>& names);

  // Frees the operators after that cut and the memory of their weights. Afterwards run() REQUIRES: to <= end.
  // REQUIRES: no other user of this network yet, end < cuts().size().
  void keep_head(std::uint32_t end);

  // Builds the heads and tails of all cuts, as far as they are loaded. Built later, on their first runs, they would
  // fragment the memory that runs share.
  void build_cuts();

  // Runs the operators between two cuts. Never writes to the memory of `in`. Returns internal when libtorch fails.
  // REQUIRES: from < to < cuts().size(). `in` matches the tensors alive at `from` in number, types and shapes. If the
  // batch varies, all have one batch; otherwise the first size of each is `times` its size there.
  Result<std::vector<Tensor>> run(std::uint32_t from, std::uint32_t to, Span<const Tensor> in,
                                  std::int64_t times = 1) const;

  // Returns success iff `count` requests of `rows` rows each may run between two cuts as one batch, as defined by
  // rows_are_apart() in rows.h. `rows` matters only if the batch varies. REQUIRES: from < to < cuts().size(), count >=
  // 2.
  Result<void> keeps_apart(std::uint32_t from, std::uint32_t to, std::int64_t rows, std::int64_t count) const;

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;  // Never replaced.
};

}  // namespace tideline::model
