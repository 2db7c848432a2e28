// UplinkWatch: follows an upload by what this side's kernel says: how fast it goes, and whether it stands still.
//
// It does not wait for the cloud's answer: a way that has gone dark is seen while it is, and a long upload tells a rate
// before its end. A value; time comes in with each look.
#pragma once

#include "runtime/link/link.h"
#include "runtime/wire/tcp_state.h"

#include <cstdint>
#include <optional>

namespace tideline {

class UplinkWatch {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(50);  // Between two looks, while there is an upload.
  static constexpr Duration kPatience = std::chrono::milliseconds(250);

  // Returns what is new since the last look; nothing when nothing is.
  //
  // A stall: nothing was delivered for longer than kPatience and two round trips while something is outstanding.
  std::optional<LinkSample> look(const TcpState& now);

 private:
  std::optional<std::uint32_t> delivered_;  // At the last look, of the upload under way.
  TimePoint moved_;                         // When that last grew.
  std::optional<TcpState> window_;  // Where the next rate begins; absent before anything moves, and while it is lost.
};

}  // namespace tideline
