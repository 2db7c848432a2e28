// TailAccess: one request for a tail and what became of it, as a line of the access log. Pure functions.
//
// As runtime/http/access.h, for edges.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/priority.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tideline::cloud {

struct TailAccess {
  std::string edge;         // Its address and port.
  std::string_view result;  // "answered", or the kind of error: "overloaded".
  std::string model;        // Its name; if the cloud does not hold it, the first digits of its digest.
  plan::Plan plan;
  Priority priority = kUsualPriority;
  std::uint64_t received = 0;  // Bytes of the tensors; of a refused request, as announced.
  std::uint64_t sent = 0;      // Bytes of the outputs.
  Duration queue{};            // Waiting for its turn.
  Duration took{};             // From its first byte until its answer was ready to be sent.
  std::string trace;           // Its traceparent; empty if it names none.
};

// Returns "cloud: 127.0.0.1:50412 tail answered, 3200 bytes in, 410 bytes out, 1.000 ms waited, 12.300 ms, trace=...,
// model=m, cut=3, codec=fp32, priority=10".
std::string tail_line(const TailAccess& access);

// Returns the same as members of a JSON object: "tail":"answered","received_bytes":3200,...
std::string tail_fields(const TailAccess& access);

}  // namespace tideline::cloud
