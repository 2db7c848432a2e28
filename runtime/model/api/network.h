// Network: libtorch's side of a Model: the frozen graph, the places where it may be divided, the pieces cut from it.
//
// Immutable but for a cache of pieces. Thread-safe. Nothing of libtorch shows here.
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

namespace tideline {

// A place between two operators where only tensors are alive.
struct Site {
  std::string name;                   // The layer before it.
  std::vector<RawSpec> tensors;       // What is alive there; at the last site the network's outputs. Where the batch
                                      // varies, it is the first size of each, and kAnyBatch.
  std::uint64_t head_parameters = 0;  // Bytes of the weights that are used before it.
  std::uint64_t tail_parameters = 0;  // Bytes of the weights that are used after it.
  std::uint64_t head_memory = 0;      // Bytes of the former as they are kept, and the most that tensors take before it.
};

// Operators between two neighbouring sites that cannot be divided.
struct Gap {
  std::uint32_t after = 0;    // The site before them.
  std::size_t operators = 0;  // How many compute.
  std::string why;            // "a list is alive"
};

class Network {
 public:
  // Returns the inputs' specs, in order, given the file's `inputs.json` (or nothing) and the inputs' names.
  using AskInputs = std::function<Result<std::vector<RawSpec>>(const std::string& inputs_json,
                                                               const std::vector<std::string>& names)>;

  // Reads and optimises the network, and runs it a few times to learn what crosses at each site.
  static Result<std::unique_ptr<Network>> load(const std::string& file, const ComputeOptions& manner,
                                               const AskInputs& ask_inputs);

  ~Network();  // Gives the memory of its weights back to the system.
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const std::vector<Site>& sites() const;  // At least two: before everything, and after.

  const std::vector<Gap>& gaps() const;
  const std::vector<std::string>& defaults() const;  // Inputs that are left at their defaults, as "mask = None".

  // Lets go of the operators behind that site, and of the memory of their weights. From now on run() REQUIRES: to <=
  // end. REQUIRES: nobody else uses this network yet, end < sites().size().
  void keep_head(std::uint32_t end);

  // Builds what the heads and tails of all sites need to run, as far as they are held. It would be built when they
  // first run, but in the midst of the memory that runs share, which would lie scattered from then on.
  void build_cuts();

  // Runs the operators between two sites. Never writes to the memory of `in`. Returns internal when libtorch fails.
  // REQUIRES: from < to < sites().size(), and `in` is in number, type and shape what is alive at `from`, of one batch
  // where that varies; where it does not, the first size of each is `times` what it is there.
  Result<std::vector<RawTensor>> run(std::uint32_t from, std::uint32_t to, const std::vector<RawTensor>& in,
                                     std::int64_t times = 1) const;

  // Whether `count` requests of `rows` each may run between two sites as one batch, as rows_are_apart() in rows.h has
  // it. `rows` counts where the batch varies alone. REQUIRES: from < to < sites().size(), count >= 2.
  Result<void> keeps_apart(std::uint32_t from, std::uint32_t to, std::int64_t rows, std::int64_t count) const;

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;  // The same until the end.
};

}  // namespace tideline
