#include "runtime/cloud/edge_channel.h"

#include <fmt/format.h>

#include <utility>

namespace tideline::cloud {

EdgeChannel::EdgeChannel(wire::Socket socket, ServerContext& its_context)
    : context(its_context),
      edge(wire::remote_name(socket)),
      address(identity_of(wire::remote_address(socket))),
      stream(std::move(socket)),
      reader(stream, context.options.limits, context.counters.received),
      outbox(stream) {}

void EdgeChannel::refuse(std::uint64_t id, Error why) {
  ++context.counters.refused;
  context.refusals.note(name(why.kind), fmt::format("edge {}: request {} refused: {}", edge, id, why.message));
  outbox.push(plain_frame(wire::FrameType::refusal, id, encode(wire::Refusal{std::move(why)})));
}

}  // namespace tideline::cloud
