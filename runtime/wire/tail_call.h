// Tail call: an edge's request to a cloud (a tail to run, or a load for its machine) and the answer. Values.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/priority.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/wire/connection_mark.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::wire {

// Timings that the cloud measured while it served a request: differences on its own clock only.
struct Stamps {
  Bytes counted;               // The later part of the request's payload, which gives the rate.
  Duration receiving{};        // How long that part took to arrive.
  Duration queue{};            // From the last byte until a compute slot took it, alone or in a batch.
  Duration decode{};           // Of the whole batch.
  Duration run{};              // Of the whole batch.
  Duration residence{};        // From the last byte until the socket got the answer.
  Duration silence{};          // Part of `receiving`: long gaps without bytes.
  Bytes after_silence;         // Part of `counted`: the bytes that ended those gaps.
  std::uint16_t together = 0;  // How many requests ran as one batch, including this one; 0 if none ran.
};

// The place of a request in a stream of similar ones. Its tensors may be differences to those of an earlier frame.
struct StreamPlace {
  std::uint64_t stream = 0;     // The edge's number for one sequence under one plan, unique within a connection.
  std::uint32_t frame = 1;      // Not 0, and never used twice in a stream.
  std::uint32_t reference = 0;  // The frame that differences refer to, less than `frame`; 0: there are none.

  bool operator==(const StreamPlace&) const = default;
};

struct TailRequest {
  plan::Plan plan;
  std::vector<Tensor> wire;  // The cut's encoded tensors, in the cut's order.
  TimePoint deadline;        // The cloud need not start a tail after it.
  std::uint32_t batch = 1;   // Of the tensors, if the model takes any batch.
  // The network's outputs at that batch, in its order. An answer of another form counts as broken.
  std::vector<TensorSpec> outputs = {};
  std::optional<StreamPlace> place = {};  // Absent: it belongs to no stream.
  Priority priority = kUsualPriority;     // Of those that wait in the cloud.
  std::string trace = {};                 // Its traceparent (runtime/base/trace_context.h); empty: none.
  // The connection whose cloud keeps the stream's reference; null: none. It is preferred if there are several.
  std::shared_ptr<const ConnectionMark> home = {};

  // Returns true iff only the cloud at `home` can read its tensors.
  bool is_difference() const { return place && place->reference != 0; }
};

struct TailAnswer {
  std::vector<Tensor> outputs;
  Stamps stamps;
  TimePoint arrived;
  std::shared_ptr<const ConnectionMark> connection = {};  // That it came over.
};

// A load that the profiler requests for the cloud's machine, or that the cloud measured; shares from 0 to 1.
struct CloudLoad {
  double cpu = 0;
  double memory = 0;
};

struct LoadAnswer {
  CloudLoad reached;
  std::vector<std::string> remarks;  // Shortfalls and their reasons, the CPU that is left, whether the machine pages.
};

}  // namespace tideline::wire
