// UplinkWatch: measures the rate of a running upload, and detects stalls, from this side's kernel counters.
//
// It needs no answer of the cloud: it sees an outage while it lasts, and the rate of a long upload before its end.
// A value; the caller passes the time in.
#pragma once

#include "runtime/link/link.h"
#include "runtime/wire/tcp_state.h"

#include <cstdint>
#include <optional>

namespace tideline::link {

class UplinkWatch {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(50);  // Between two readings, during an upload.
  static constexpr Duration kPatience = std::chrono::milliseconds(250);

  // Returns what is new since the last call; nothing if there is nothing new.
  //
  // A stall: nothing was delivered for longer than kPatience and two round trips while bytes are outstanding.
  std::optional<plan::LinkSample> look(const wire::TcpState& now);

 private:
  std::optional<std::uint32_t> delivered_;  // At the last call, of the current upload.
  TimePoint moved_;                         // When `delivered_` last grew.
  std::optional<wire::TcpState>
      window_;  // Start of the next rate; absent before any progress and during a stall or gap.
};

}  // namespace tideline::link
