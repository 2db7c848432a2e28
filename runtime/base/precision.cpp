#include "runtime/base/precision.h"

namespace tideline {
namespace {

constexpr Precision kPrecisions[]{Precision::fp32, Precision::bf16, Precision::fp16};

}  // namespace

std::string_view name(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return "fp32";
    case Precision::bf16:
      return "bf16";
    case Precision::fp16:
      return "fp16";
  }
  return "unknown";
}

Result<Precision> parse_precision(std::string_view text) {
  for (const Precision known : kPrecisions)
    if (name(known) == text) return known;
  return error(ErrorKind::invalid, "\"{}\" is not a precision; write \"fp32\", \"bf16\" or \"fp16\"",
               text.substr(0, 40));
}

Result<Precision> precision_from_wire(std::uint8_t value) {
  for (const Precision known : kPrecisions)
    if (static_cast<std::uint8_t>(known) == value) return known;
  return error(ErrorKind::corrupt, "{} is not the code of a precision; the peer must run the same version", value);
}

}  // namespace tideline
