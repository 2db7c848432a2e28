#include "runtime/wire/message_fields.h"

#include "runtime/base/outside.h"

#include <algorithm>

namespace tideline::wire {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::string_view kHex = "0123456789abcdef";

}  // namespace

bool is_digest(std::string_view text) {
  return text.size() == 2 * kDigestBytes && text.find_first_not_of(kHex) == std::string_view::npos;
}

void put_clipped(ByteWriter& writer, std::string_view text) {
  writer.put_text(outside_text(text, kLongestText));
}

std::string get_clipped(ByteReader& reader, std::size_t limit) {
  return outside_text(reader.get_text(), limit);
}

void put_digest(ByteWriter& writer, std::string_view digest) {
  for (std::size_t i = 0; i < kDigestBytes; ++i) {
    const auto high = kHex.find(digest[2 * i]);
    const auto low = kHex.find(digest[2 * i + 1]);
    writer.put(static_cast<std::uint8_t>(high * 16 + low));
  }
}

std::string get_digest(ByteReader& reader) {
  std::string digest;
  for (std::size_t i = 0; i < kDigestBytes; ++i) {
    const auto byte = reader.get<std::uint8_t>();
    digest += kHex[byte / 16];
    digest += kHex[byte % 16];
  }
  return digest;
}

void put_duration(ByteWriter& writer, Duration duration) {
  writer.put(static_cast<std::uint64_t>(std::clamp(duration, Duration{}, kLongestStamp).count()));
}

std::optional<Duration> get_duration(ByteReader& reader) {
  const auto count = reader.get<std::uint64_t>();
  if (count > static_cast<std::uint64_t>(kLongestStamp.count())) return std::nullopt;
  return Duration(static_cast<Duration::rep>(count));
}

void put_stamps(ByteWriter& writer, const Stamps& stamps) {
  writer.put(stamps.counted.count);
  for (const Duration d :
       {stamps.receiving, stamps.queue, stamps.decode, stamps.run, stamps.residence, stamps.silence}) {
    put_duration(writer, d);
  }
  writer.put(stamps.after_silence.count);
  writer.put(stamps.together);
}

std::optional<Stamps> get_stamps(ByteReader& reader) {
  Stamps stamps;
  stamps.counted.count = reader.get<std::uint64_t>();
  for (Duration* d :
       {&stamps.receiving, &stamps.queue, &stamps.decode, &stamps.run, &stamps.residence, &stamps.silence}) {
    const std::optional<Duration> read = get_duration(reader);
    if (!read) return std::nullopt;
    *d = *read;
  }
  stamps.after_silence.count = reader.get<std::uint64_t>();
  stamps.together = reader.get<std::uint16_t>();
  const bool parts_fit = stamps.silence <= stamps.receiving && stamps.after_silence <= stamps.counted &&
                         stamps.queue + stamps.decode + stamps.run <= stamps.residence;
  return parts_fit ? std::optional(stamps) : std::nullopt;
}

void put_texts(ByteWriter& writer, const std::map<std::string, std::string>& texts) {
  writer.put(static_cast<std::uint16_t>(texts.size()));
  for (const auto& [key, value] : texts) {
    put_clipped(writer, key);
    put_clipped(writer, value);
  }
}

std::map<std::string, std::string> get_texts(ByteReader& reader) {
  std::map<std::string, std::string> texts;
  const auto count = reader.get<std::uint16_t>();
  for (int i = 0; i < count && reader.intact(); ++i) {
    std::string key = get_clipped(reader);
    texts[std::move(key)] = get_clipped(reader);
  }
  return texts;
}

Error broken_meta(std::string_view message) {
  return error(ErrorKind::corrupt, "the metadata of a frame '{}' is broken", message);
}

}  // namespace tideline::wire
