// CloudLiveness: decides whether the cloud of one connection is running, silent or dead.
//
// A silent cloud does not answer keepalives; a single frame ends its silence. A dead cloud has shown no sign of life
// for so long that the connection must end. Belongs to the I/O thread.
#pragma once

#include "runtime/link/frame_channel.h"
#include "runtime/link/outstanding_requests.h"
#include "runtime/link/pings.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/liveness.h"

#include <optional>

namespace tideline::link {

class CloudLiveness {
 public:
  struct Signs {
    const FrameChannel& channel;
    const OutstandingRequests& requests;
    const Pings& pings;
  };
  CloudLiveness(Signs signs, const TcpLink::Options& options);

  struct Verdict {
    std::optional<Error> over;  // Why the connection must end.
    bool fell_silent = false;   // Since the last call.
  };
  Verdict look(TimePoint now);  // To be called a few times per time limit.

  bool frame_ended();                              // A frame is complete. Returns true iff that ended a silence.
  TimePoint last() const { return life_.last(); }  // When the last sign of life came.

 private:
  Error death(TimePoint now) const;
  bool is_silent(TimePoint now, bool uploading) const;

  const Signs signs_;
  const TcpLink::Options& options_;
  TimePoint moved_;     // When an upload last progressed, or when no answer was outstanding.
  Bytes acknowledged_;  // Bytes acknowledged by then.
  wire::Liveness life_;
  bool silent_ = false;
};

}  // namespace tideline::link
