// Decodes the head of a frame of any type and encodes what it understood: shared by tests and fuzzers.
#pragma once

#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"

#include <cstddef>
#include <span>

namespace tideline::wire {

template <typename Message>
Result<FrameMeta> again(const Result<Message>& message) {
  if (!message) return message.error();
  return encode(*message);
}

inline Result<FrameMeta> said_again(FrameType type, std::span<const std::byte> head) {
  switch (type) {
    case FrameType::hello:
      return again(decode_hello(head));
    case FrameType::welcome:
      return again(decode_welcome(head));
    case FrameType::run:
      return again(decode_run(head));
    case FrameType::answer:
      return again(decode_answer(head));
    case FrameType::refusal:
      return again(decode_refusal(head));
    case FrameType::echo:
      return again(decode_echo(head));
    case FrameType::impose:
      return again(decode_load(head));
    case FrameType::imposed:
      return again(decode_loaded(head));
    case FrameType::goodbye:
      return again(decode_goodbye(head));
    case FrameType::probe:
      break;
  }
  if (!head.empty()) return error(ErrorKind::corrupt, "a probe has no head");
  return FrameMeta{};
}

}  // namespace tideline::wire
