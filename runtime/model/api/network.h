// Network: the libtorch part of Model: the frozen graph, its cuts, and the pieces between them.
//
// Immutable except for a cache of pieces. Thread-safe. This header shows nothing of libtorch.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/compute_options.h"
#include "runtime/model/graph/raw_tensor.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tideline::model {

// A place between two operators where only tensors are alive.
struct Site {
  std::string name;                     // The layer before it.
  std::vector<graph::RawSpec> tensors;  // What is alive there; at the last site the network's outputs. Where the batch
                                        // varies, it is the first size of each, and kAnyBatch.
  std::uint64_t head_parameters = 0;    // Bytes of the weights that are used before it.
  std::uint64_t tail_parameters = 0;    // Bytes of the weights that are used after it.
  std::uint64_t head_memory = 0;  // Bytes of the former as they are kept, and the most that tensors take before it.
};

// Operators between two neighbouring sites that cannot be divided.
struct Gap {
  std::uint32_t after = 0;    // The site before them.
  std::size_t operators = 0;  // How many compute.
  std::string why;            // "a list is alive"
};

class Network {
 public:
  // Returns the inputs' specs, in order, from the file's `inputs.json` (may be empty) and the inputs' names.
  using AskInputs = std::function<Result<std::vector<graph::RawSpec>>(const std::string& inputs_json,
                                                                      const std::vector<std::string>& names)>;

  // Reads and optimises the network, and runs it a few times to learn which tensors cross at each site.
  static Result<std::unique_ptr<Network>> load(const std::string& file, const graph::ComputeOptions& manner,
                                               const AskInputs& ask_inputs);

  ~Network();  // Returns the memory of the weights to the system.
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const std::vector<Site>& sites() const;  // At least two: the start and the end.

  const std::vector<Gap>& gaps() const;
  const std::vector<std::string>& defaults() const;  // Inputs left at their defaults, as "mask = None".

  // Frees the operators after that site and the memory of their weights. Afterwards run() REQUIRES: to <= end.
  // REQUIRES: no other user of this network yet, end < sites().size().
  void keep_head(std::uint32_t end);

  // Builds the heads and tails of all sites, as far as they are loaded. Built later, on their first runs, they would
  // fragment the memory that runs share.
  void build_cuts();

  // Runs the operators between two sites. Never writes to the memory of `in`. Returns internal when libtorch fails.
  // REQUIRES: from < to < sites().size(). `in` matches the tensors alive at `from` in number, types and shapes. If the
  // batch varies, all have one batch; otherwise the first size of each is `times` its size there.
  Result<std::vector<graph::RawTensor>> run(std::uint32_t from, std::uint32_t to,
                                            const std::vector<graph::RawTensor>& in, std::int64_t times = 1) const;

  // Returns success iff `count` requests of `rows` rows each may run between two sites as one batch, as defined by
  // rows_are_apart() in rows.h. `rows` matters only if the batch varies. REQUIRES: from < to < sites().size(), count >=
  // 2.
  Result<void> keeps_apart(std::uint32_t from, std::uint32_t to, std::int64_t rows, std::int64_t count) const;

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;  // Never replaced.
};

}  // namespace tideline::model
