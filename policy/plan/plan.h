// Plan: how one inference is divided: which model, cut where, and in which form the tensors cross the link.
//
// A value. Equal plans behave equally on any edge and any cloud, because a plan travels with every request.
#pragma once

#include "runtime/base/result.h"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tideline {

// The form of a tensor on the wire. The values are part of the wire format and of the table: never renumber.
enum class Codec : std::uint8_t {
  fp32 = 0,   // As it is, whatever its type; nothing is lost.
  fp16 = 1,   // fp32 rounded to IEEE half precision; other types as they are.
  int8 = 2,   // fp32 as one of 256 steps between the least and the greatest number of its channel or stretch of a row.
  int8z = 3,  // The same numbers as int8; zeros take one bit.
};

std::span<const Codec> all_codecs();
std::string_view name(Codec codec);                 // "fp16"
Result<Codec> parse_codec(std::string_view text);   // The inverse of name().
Result<Codec> codec_from_wire(std::uint8_t value);  // corrupt when no Codec has that value.

struct Plan {
  std::string model;      // Model::digest(): of the file and its cuts.
  std::uint32_t cut = 0;  // Index into Model::cuts(): 0 is cloud-only, the last is edge-only.
  Codec codec = Codec::fp32;

  auto operator<=>(const Plan&) const = default;
};

}  // namespace tideline
