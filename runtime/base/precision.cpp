#include "runtime/base/precision.h"

namespace tideline {

std::string_view name(Precision precision) {
  return precision == Precision::bf16 ? "bf16" : "fp32";
}

Result<Precision> parse_precision(std::string_view text) {
  for (const Precision known : {Precision::fp32, Precision::bf16})
    if (name(known) == text) return known;
  return error(ErrorKind::invalid, "\"{}\" is not a precision; write \"fp32\" or \"bf16\"", text.substr(0, 40));
}

Result<Precision> precision_from_wire(std::uint8_t value) {
  for (const Precision known : {Precision::fp32, Precision::bf16})
    if (static_cast<std::uint8_t>(known) == value) return known;
  return error(ErrorKind::corrupt, "{} is not the code of a precision; the peer must run the same version", value);
}

}  // namespace tideline
