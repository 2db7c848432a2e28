// FakeCloud: a cloud that greets well and then does what a test says; and the form that its answers should have.
#pragma once

#include "tests/runtime/wire/raw_peer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tideline {

class FakeCloud {
 public:
  std::uint16_t port() const { return listener_.port(); }
  RawPeer let_in(const Welcome& welcome = {}) {
    RawPeer peer(listener_.acceptor());
    EXPECT_TRUE(peer.hear());
    peer.say(FrameType::welcome, 0, encode(welcome));
    return peer;
  }
  RawListener& listener() { return listener_; }

 private:
  RawListener listener_;
};

// Returns the next frame of that type; answers keepalives meanwhile. Nothing when the edge hung up.
inline std::optional<RawFrame> hear_next(RawPeer& edge, FrameType type) {
  while (std::optional<RawFrame> frame = edge.hear()) {
    if (frame->header.type == type) return frame;
    if (frame->header.type == FrameType::probe) edge.say(FrameType::echo, frame->header.id, encode(Stamps{}));
  }
  return std::nullopt;
}

inline std::vector<AnswerMessage::Output> answer_form(const TailRequest& asked) {
  std::vector<AnswerMessage::Output> outputs;
  for (const TensorSpec& spec : asked.outputs) outputs.push_back({spec.dtype, spec.shape});
  return outputs;
}

inline std::size_t answer_size(const TailRequest& asked) {
  std::size_t size = 0;
  for (const TensorSpec& spec : asked.outputs) size += byte_count(spec.dtype, spec.shape)->count;
  return size;
}

}  // namespace tideline
