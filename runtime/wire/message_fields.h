// Message fields: writes and reads the fields that several messages share.
#pragma once

#include "runtime/base/bytes.h"
#include "runtime/wire/message.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::wire {

// Writes `text` as cleaned by outside_text(), at most kLongestText bytes.
void put_clipped(ByteWriter& writer, std::string_view text);
// Reads a peer's text. It enters the program here, and is cleaned for logs and pages here.
std::string get_clipped(ByteReader& reader, std::size_t limit = kLongestText);

void put_digest(ByteWriter& writer, std::string_view digest);  // 32 raw bytes.
std::string get_digest(ByteReader& reader);

// In nanoseconds. Writes a duration clamped to 0 and kLongestStamp. get_duration() returns nothing for a longer one.
void put_duration(ByteWriter& writer, Duration duration);
std::optional<Duration> get_duration(ByteReader& reader);

void put_stamps(ByteWriter& writer, const Stamps& stamps);
// Returns nothing if a part exceeds its whole.
std::optional<Stamps> get_stamps(ByteReader& reader);

void put_texts(ByteWriter& writer, const std::map<std::string, std::string>& texts);
std::map<std::string, std::string> get_texts(ByteReader& reader);

Error broken_meta(std::string_view message);

}  // namespace tideline::wire
