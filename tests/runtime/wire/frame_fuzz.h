// What must hold for any bytes that come as a frame: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "tests/runtime/wire/decode_all.h"

#include <cstddef>
#include <cstdlib>
#include <span>

namespace tideline::wire {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void read_any_frame(std::span<const std::byte> bytes) {
  if (bytes.size() < FrameHeader::kSize) return;
  const auto first = bytes.first<FrameHeader::kSize>();
  const Result<FrameHeader> header = decode_header(first, Limits{});
  if (!header) return require(header.error().kind == ErrorKind::corrupt);
  const auto same = encode(*header);
  require(std::equal(same.begin(), same.end(), first.begin()));

  const Result<FrameMeta> once = said_again(header->type, bytes.subspan(FrameHeader::kSize));
  if (!once) return require(once.error().kind == ErrorKind::corrupt);
  const Result<FrameMeta> twice = said_again(header->type, *once);
  require(twice && *twice == *once);
}

}  // namespace tideline::wire
