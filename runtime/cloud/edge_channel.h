// EdgeChannel: the cloud's end of one connection, shared by the objects that serve it: its stream, the reader and the
// queue of its frames, and the peer's account.
//
// Belongs to the I/O thread. A job on a compute thread keeps it alive.
#pragma once

#include "runtime/cloud/server_context.h"
#include "runtime/wire/frame_reader.h"
#include "runtime/wire/outbox.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace tideline::cloud {

struct EdgeChannel {
  EdgeChannel(wire::Socket socket, ServerContext& its_context);

  // Answers a request with an error; counts and logs it. The connection goes on.
  void refuse(std::uint64_t id, Error why);

  ServerContext& context;
  const std::string edge;     // Its address and port.
  const std::string address;  // From identity_of().

  wire::Stream stream;
  wire::FrameReader reader;
  wire::Outbox outbox;
  std::shared_ptr<EdgeAccount> account;  // Null until the greeting.
  std::atomic<bool> gone{false};         // No answer will be read any more. Thread-safe.
};

}  // namespace tideline::cloud
