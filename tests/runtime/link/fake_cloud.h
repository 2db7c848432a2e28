// FakeCloud: a cloud that greets well and then does what a test says; and the form that its answers should have.
#pragma once

#include "tests/runtime/wire/raw_peer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tideline::link {

class FakeCloud {
 public:
  std::uint16_t port() const { return listener_.port(); }
  wire::RawPeer let_in(const wire::Welcome& welcome = {}) {
    wire::RawPeer peer(listener_.acceptor());
    EXPECT_TRUE(peer.hear());
    peer.say(wire::FrameType::welcome, 0, encode(welcome));
    return peer;
  }
  wire::RawListener& listener() { return listener_; }

 private:
  wire::RawListener listener_;
};

// Returns the next frame of that type; answers keepalives meanwhile. Nothing when the edge hung up.
inline std::optional<wire::RawFrame> hear_next(wire::RawPeer& edge, wire::FrameType type) {
  while (std::optional<wire::RawFrame> frame = edge.hear()) {
    if (frame->header.type == type) return frame;
    if (frame->header.type == wire::FrameType::probe)
      edge.say(wire::FrameType::echo, frame->header.id, encode(wire::Stamps{}));
  }
  return std::nullopt;
}

inline std::vector<wire::AnswerMessage::Output> answer_form(const wire::TailRequest& asked) {
  std::vector<wire::AnswerMessage::Output> outputs;
  for (const TensorSpec& spec : asked.outputs) outputs.push_back({spec.dtype, spec.shape});
  return outputs;
}

inline std::size_t answer_size(const wire::TailRequest& asked) {
  std::size_t size = 0;
  for (const TensorSpec& spec : asked.outputs) size += byte_count(spec.dtype, spec.shape)->count;
  return size;
}

}  // namespace tideline::link
