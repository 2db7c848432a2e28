// TailJob: one tail that an edge asked for, from its last byte to its answer.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/wire/message.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace tideline {

// The tensors of one request as they came, before decoding.
struct WireTensors {
  std::vector<std::shared_ptr<std::byte>> memory;
  std::vector<std::size_t> sizes;
};

struct RequestedTail {
  RunMessage asked;
  WireTensors wire;
};

// What came of requests that ran as one batch, or of one alone.
struct TailOutcome {
  std::vector<std::vector<Tensor>> outputs;  // Of each request, in their order.
  Duration decode{};
  Duration run{};
};

struct TailJob {
  // Tells the edge what came of it.
  struct Told {
    Result<std::vector<Tensor>> outputs;
    Duration queue{};
    Duration decode{};
    Duration run{};
    std::uint16_t together = 0;
  };

  // Whose it is. Only compared.
  struct From {
    const void* peer = nullptr;  // Several connections may be one peer's.
    const void* edge = nullptr;  // The connection.
  };

  From from;
  RequestedTail requested;
  TimePoint arrived;
  TimePoint deadline;
  std::function<bool()> wanted;      // False once nobody will read the answer.
  std::function<void(Told)> answer;  // Called on a compute thread, unless it is not wanted.
};

}  // namespace tideline
