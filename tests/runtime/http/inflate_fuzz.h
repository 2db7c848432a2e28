// What the fuzzer of packed bodies and the replay of its corpus do with one input.
#pragma once

#include "runtime/http/content_coding.h"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

namespace tideline::http {

// The first byte says the coding, the second the bound in KiB. Whatever the rest says of itself, no more than the bound
// comes out of it, and no more memory is held; and what is packed here unpacks to the same.
inline void inflate_anything(std::string_view input) {
  if (input.size() < 2) return;
  const auto coding = (input[0] & 1) != 0 ? ContentCoding::gzip : ContentCoding::deflate;
  const std::uint64_t most = std::uint64_t{1024} * static_cast<unsigned char>(input[1]);
  const std::string_view packed = input.substr(2);
  Budget budget({Bytes{packed.size() + 2 * (most + 1)}, Bytes{packed.size() + 2 * (most + 1)}});
  auto held = budget.take("fuzzer", Bytes{packed.size()});
  if (!held) std::abort();
  Body body;
  const auto fault = inflate(coding, std::as_bytes(std::span(packed)), {.most = most, .held = &*held}, body);
  if (fault && fault->status != 400 && fault->status != 413 && fault->status != 503) std::abort();
  if (!fault && body.size() > most) std::abort();
  if (body.size() > most + 1 || budget.held().count > budget.bounds().all.count) std::abort();

  const auto again = gzipped(packed);
  if (!again) return;
  Body back;
  if (inflate(ContentCoding::gzip, std::as_bytes(std::span(*again)), {.most = packed.size()}, back)) std::abort();
  if (back.text() != packed) std::abort();
}

}  // namespace tideline::http
