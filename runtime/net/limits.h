// Limits: the sizes that a peer may make us handle; checked before memory is taken.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline {

struct Limits {
  Bytes head = 64_KiB;      // Of one frame.
  Bytes payload = 256_MiB;  // Of one frame.
  std::uint32_t in_flight =
      64;  // Requests of one connection that wait or run in the cloud; more are refused as overloaded.
  std::uint32_t connections = 4096;
  Duration slow_frame = std::chrono::seconds(120);  // From a frame's first byte to its last.
};

}  // namespace tideline
