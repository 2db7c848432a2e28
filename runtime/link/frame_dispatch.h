// FrameDispatch: handles the frames that the cloud of one connection sends: answers, refusals, echoes, its goodbye.
//
// Belongs to the I/O thread.
#pragma once

#include "runtime/link/answer_memory.h"
#include "runtime/link/connection_setting.h"
#include "runtime/link/frame_channel.h"
#include "runtime/link/outstanding_requests.h"
#include "runtime/link/pings.h"
#include "runtime/link/uplink_reporter.h"

namespace tideline::link {

class FrameDispatch {
 public:
  struct Parts {
    FrameChannel& channel;
    OutstandingRequests& requests;
    Pings& pings;
    UplinkReporter& uplink;
  };
  FrameDispatch(Parts parts, const ConnectionSetting& setting) : parts_(parts), setting_(setting) {}

  // Handles a frame and reads its payload. An error means that the peer violated the protocol or that the connection
  // is lost.
  wire::Task<Result<void>> take(const wire::ReceivedFrame& frame);

  bool is_leaving() const { return leaving_; }  // The cloud said goodbye.

 private:
  wire::Task<Result<void>> take_answer(const wire::ReceivedFrame& frame);
  Result<void> deliver(const Exchange& asked, const wire::AnswerMessage& message, const AnswerMemory& memory,
                       TimePoint arrived);
  Result<void> take_refusal(const wire::ReceivedFrame& frame);
  Result<void> take_echo(const wire::ReceivedFrame& frame);
  Result<void> take_imposed(const wire::ReceivedFrame& frame);
  Result<void> take_goodbye(const wire::ReceivedFrame& frame);

  const Parts parts_;
  const ConnectionSetting& setting_;
  bool leaving_ = false;
};

}  // namespace tideline::link
