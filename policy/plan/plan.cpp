#include "policy/plan/plan.h"

#include <algorithm>
#include <array>

namespace tideline::plan {
namespace {

struct Entry {
  Codec codec;
  std::string_view name;
};

// Those of tensors first.
constexpr std::array kEntries{
    Entry{Codec::fp32, "fp32"},     Entry{Codec::fp16, "fp16"}, Entry{Codec::q64, "q64"},
    Entry{Codec::q32, "q32"},       Entry{Codec::q16, "q16"},   Entry{Codec::q8, "q8"},
    Entry{Codec::q4, "q4"},         Entry{Codec::q2, "q2"},     Entry{Codec::q1, "q1"},
    Entry{Codec::source, "source"}, Entry{Codec::u8, "u8"},     Entry{Codec::jpeg95, "jpeg95"},
    Entry{Codec::jpeg75, "jpeg75"}};
constexpr std::size_t kOfTensors = 9;

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

std::span<const Codec> tensor_codecs() {
  return all_codecs().first(kOfTensors);
}

std::span<const Codec> image_codecs() {
  return all_codecs().subspan(kOfTensors);
}

bool is_of_images(Codec codec) {
  return std::ranges::find(image_codecs(), codec) != image_codecs().end();
}

bool is_of_steps(Codec codec) {
  return codec >= Codec::q64 && codec <= Codec::q1;
}

bool needs_slot(const Plan& plan, bool takes_images) {
  return plan.cut > 0 || (takes_images && plan.codec != Codec::source);
}

int halvings_of(Codec codec) {
  return static_cast<int>(Codec::q1) - static_cast<int>(codec);
}

bool is_lossless(Codec codec) {
  return codec == Codec::fp32 || codec == Codec::source || codec == Codec::u8;
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
