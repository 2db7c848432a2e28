// The fields that several messages share, and how each is written and read.
#pragma once

#include "runtime/base/bytes.h"
#include "runtime/wire/message.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

// As outside_text() leaves it, at most kLongestText bytes.
void put_clipped(ByteWriter& writer, std::string_view text);
// What a peer says, made fit for logs and pages here, where it enters.
std::string get_clipped(ByteReader& reader, std::size_t limit = kLongestText);

void put_digest(ByteWriter& writer, std::string_view digest);  // 32 raw bytes.
std::string get_digest(ByteReader& reader);

// Nanoseconds. What is under zero or over kLongestStamp is written as that; what is over it is read as nothing.
void put_duration(ByteWriter& writer, Duration duration);
std::optional<Duration> get_duration(ByteReader& reader);

void put_stamps(ByteWriter& writer, const Stamps& stamps);
// Nothing where a part of something is said to be more than the whole.
std::optional<Stamps> get_stamps(ByteReader& reader);

void put_texts(ByteWriter& writer, const std::map<std::string, std::string>& texts);
std::map<std::string, std::string> get_texts(ByteReader& reader);

Error broken_meta(std::string_view message);

}  // namespace tideline
