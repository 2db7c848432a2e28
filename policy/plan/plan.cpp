#include "policy/plan/plan.h"

#include <array>

namespace tideline::plan {
namespace {

struct Entry {
  Codec codec;
  std::string_view name;
};

constexpr std::array kEntries{Entry{Codec::fp32, "fp32"}, Entry{Codec::fp16, "fp16"}, Entry{Codec::int8, "int8"},
                              Entry{Codec::int8z, "int8z"}};

constexpr auto kCodecs = [] {
  std::array<Codec, kEntries.size()> codecs{};
  for (std::size_t i = 0; i < kEntries.size(); ++i) codecs[i] = kEntries[i].codec;
  return codecs;
}();

std::string known_names() {
  std::string names;
  for (const Entry& entry : kEntries) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", entry.name);
  return names;
}

}  // namespace

std::span<const Codec> all_codecs() {
  return kCodecs;
}

std::string_view name(Codec codec) {
  for (const Entry& entry : kEntries)
    if (entry.codec == codec) return entry.name;
  return "unknown";
}

Result<Codec> parse_codec(std::string_view text) {
  for (const Entry& entry : kEntries)
    if (entry.name == text) return entry.codec;
  return error(ErrorKind::invalid, "\"{}\" is not a codec; write one of {}", text.substr(0, 40), known_names());
}

Result<Codec> codec_from_wire(std::uint8_t value) {
  for (const Entry& entry : kEntries)
    if (static_cast<std::uint8_t>(entry.codec) == value) return entry.codec;
  return error(ErrorKind::corrupt, "codec number {} is unknown; run the same version on both sides", value);
}

}  // namespace tideline::plan
