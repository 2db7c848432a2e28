// TailJob: one requested tail, from its last received byte to its answer.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/cloud/kept_frame.h"
#include "runtime/wire/message.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace tideline::cloud {

// The received tensors of one request, before decoding.
struct WireTensors {
  std::vector<std::shared_ptr<std::byte>> memory;
  std::vector<std::size_t> sizes;
};

struct RequestedTail {
  wire::RunMessage asked;
  WireTensors wire;
  std::shared_ptr<const KeptFrame> before = {};  // What its tensors may be differences to; null: they are whole.
};

// The result of a run: of one request or of a batch.
struct TailOutcome {
  std::vector<std::vector<Tensor>> outputs;  // Of each request, in order.
  Duration decode{};
  Duration run{};
  std::vector<TensorCodes> codes = {};  // Of each request, in order; empty for one that belongs to no stream.
};

struct TailJob {
  // The result for one edge.
  struct Told {
    Result<std::vector<Tensor>> outputs;
    Duration queue{};
    Duration decode{};
    Duration run{};
    std::uint16_t together = 0;
    TensorCodes codes = {};  // Of its tensors, if it belongs to a stream.
  };

  // Its origin. Only compared.
  struct From {
    const void* peer = nullptr;  // May have several connections.
    const void* edge = nullptr;  // The connection.
  };

  From from;
  RequestedTail requested;
  TimePoint arrived;
  TimePoint deadline;
  std::function<bool()> wanted;      // False once the answer will not be read.
  std::function<void(Told)> answer;  // Called on a compute thread, unless not wanted.
};

}  // namespace tideline::cloud
