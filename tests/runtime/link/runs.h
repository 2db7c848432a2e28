// Requests for tails as bytes of the protocol, and what a cloud says to many of them at once.
#pragma once

#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace tideline::link {

inline wire::RunMessage run_message(std::uint32_t cut) {
  wire::RunMessage message{{wire::lenet()->digest(), cut, plan::Codec::fp32}, wire::kLong, 1, {}};
  for (const TensorSpec& spec : wire::lenet()->cuts()[cut].tensors)
    message.sizes.push_back(byte_count(spec.dtype, spec.shape)->count);
  return message;
}

struct ToldOfRuns {
  std::uint64_t answered = 0;
  std::vector<Error> refused;
};

// Asks for that many whole inferences without waiting, and hears what becomes of each, or until the cloud hangs up.
inline ToldOfRuns say_runs(wire::RawPeer& peer, std::uint64_t count) {
  const wire::RunMessage message = run_message(0);
  std::vector<std::byte> burst;
  for (std::uint64_t id = 1; id <= count; ++id) {
    const auto frame = frame_bytes(wire::FrameType::run, id, encode(message), std::string(message.sizes[0], '\0'));
    burst.insert(burst.end(), frame.begin(), frame.end());
  }
  std::thread writer([&] { peer.say(burst); });
  ToldOfRuns told;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::optional<wire::RawFrame> frame = peer.hear();
    if (!frame) break;
    if (frame->header.type == wire::FrameType::answer) ++told.answered;
    if (frame->header.type == wire::FrameType::refusal) told.refused.push_back(wire::decode_refusal(frame->meta)->why);
  }
  writer.join();
  return told;
}

}  // namespace tideline::link
