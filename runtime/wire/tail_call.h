// What an edge asks of a cloud, and what it gets: a tail to run, a load to put on its machine. Values.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tideline {

// What the cloud measured while it served a request: differences on its own clock only.
struct Stamps {
  Bytes counted;         // The later part of the request's payload, by which the rate is told.
  Duration receiving{};  // How long it took to come.
  Duration queue{};      // From the last byte until a compute slot took it, alone or with others.
  Duration decode{};     // Of all that ran together, as is the next.
  Duration run{};
  Duration residence{};        // From the last byte until the answer was handed to the socket.
  Duration silence{};          // Of `receiving`: time in which nothing came for long.
  Bytes after_silence;         // Of `counted`: what had to be waited for so long.
  std::uint16_t together = 0;  // How many requests ran as one batch, this one among them; 0 where none ran.
};

struct TailRequest {
  Plan plan;
  std::vector<Tensor> wire;  // The cut's tensors as encode() made them, in the cut's order.
  TimePoint deadline;        // The cloud need not start what nobody waits for any more.
  std::uint32_t batch = 1;   // Of the tensors, where the model takes any.
  // What the network gives at that batch, in its order. An answer of another form is taken for a broken one.
  std::vector<TensorSpec> outputs = {};
};

struct TailAnswer {
  std::vector<Tensor> outputs;
  Stamps stamps;
  TimePoint arrived;
};

// Load that the profiler asks of the cloud's machine, or that the cloud measured; shares 0 to 1.
struct CloudLoad {
  double cpu = 0;
  double memory = 0;
};

struct LoadAnswer {
  CloudLoad reached;
  std::vector<std::string> remarks;  // What fell short and why, what is left of the CPU, whether the machine pages.
};

}  // namespace tideline
