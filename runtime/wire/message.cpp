#include "runtime/wire/message.h"

#include "runtime/base/outside.h"
#include "runtime/wire/message_fields.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tideline::wire {
namespace {

constexpr double kPermille = 1000;

// The index is the number on the wire: append, never reorder.
constexpr std::array kWireKinds = {ErrorKind::invalid, ErrorKind::unavailable, ErrorKind::overloaded,
                                   ErrorKind::corrupt, ErrorKind::internal,    ErrorKind::no_reference};

void put_share(ByteWriter& writer, double share) {
  writer.put(static_cast<std::uint16_t>(std::lround(std::clamp(share, 0.0, 1.0) * kPermille)));
}

void put_load(ByteWriter& writer, const CloudLoad& load) {
  put_share(writer, load.cpu);
  put_share(writer, load.memory);
}

std::optional<CloudLoad> get_load(ByteReader& reader) {
  const auto cpu = reader.get<std::uint16_t>();
  const auto memory = reader.get<std::uint16_t>();
  if (cpu > kPermille || memory > kPermille) return std::nullopt;
  return CloudLoad{cpu / kPermille, memory / kPermille};
}

}  // namespace

FrameMeta encode(const Hello& message) {
  ByteWriter writer;
  writer.put_text(outside_text(message.edge, kLongestName));
  return std::move(writer).take();
}

Result<Hello> decode_hello(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  Hello message{get_clipped(reader, kLongestName)};
  if (!reader.complete()) return broken_meta("hello");
  return message;
}

FrameMeta encode(const Welcome& message) {
  ByteWriter writer;
  writer.put(static_cast<std::uint16_t>(message.models.size()));
  for (const auto& [digest, model] : message.models) {
    put_digest(writer, digest);
    put_clipped(writer, model);
  }
  put_texts(writer, message.machine);
  writer.put(static_cast<std::uint8_t>(message.precision));
  writer.put(std::clamp<std::uint16_t>(message.slots, 1, kMostSlots));
  return std::move(writer).take();
}

Result<Welcome> decode_welcome(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  Welcome message;
  const auto count = reader.get<std::uint16_t>();
  for (int i = 0; i < count && reader.intact(); ++i) {
    std::string digest = get_digest(reader);
    message.models[std::move(digest)] = get_clipped(reader);
  }
  message.machine = get_texts(reader);
  const auto precision = precision_from_wire(reader.get<std::uint8_t>());
  message.slots = reader.get<std::uint16_t>();
  if (!reader.complete() || !precision) return broken_meta("welcome");
  if (message.slots < 1 || message.slots > kMostSlots)
    return error(ErrorKind::corrupt, "a welcome says that the cloud runs {} tails at once; 1 to {} are possible",
                 message.slots, kMostSlots);
  message.precision = *precision;
  return message;
}

FrameMeta encode(const Refusal& message) {
  ByteWriter writer;
  const auto kind = std::find(kWireKinds.begin(), kWireKinds.end(), message.why.kind) - kWireKinds.begin();
  writer.put(static_cast<std::uint8_t>(kind));
  put_duration(writer, message.why.retry_after);
  put_clipped(writer, message.why.message);
  return std::move(writer).take();
}

Result<Refusal> decode_refusal(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  const auto kind = reader.get<std::uint8_t>();
  const std::optional<Duration> retry_after = get_duration(reader);
  std::string sentence = get_clipped(reader);
  if (!reader.complete() || kind >= kWireKinds.size() || !retry_after) return broken_meta("refusal");
  return Refusal{{kWireKinds[kind], std::move(sentence), *retry_after}};
}

FrameMeta encode(const Stamps& echo) {
  ByteWriter writer;
  put_stamps(writer, echo);
  return std::move(writer).take();
}

Result<Stamps> decode_echo(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  const std::optional<Stamps> stamps = get_stamps(reader);
  if (!stamps || !reader.complete()) return broken_meta("echo");
  return *stamps;
}

FrameMeta encode(const CloudLoad& load) {
  ByteWriter writer;
  put_load(writer, load);
  return std::move(writer).take();
}

Result<CloudLoad> decode_load(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  const std::optional<CloudLoad> load = get_load(reader);
  if (!reader.complete() || !load) return broken_meta("impose");
  return *load;
}

FrameMeta encode(const LoadAnswer& loaded) {
  ByteWriter writer;
  put_load(writer, loaded.reached);
  const std::size_t count = std::min(loaded.remarks.size(), kMostRemarks);
  writer.put(static_cast<std::uint16_t>(count));
  for (std::size_t i = 0; i < count; ++i) put_clipped(writer, loaded.remarks[i]);
  return std::move(writer).take();
}

Result<LoadAnswer> decode_loaded(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  const std::optional<CloudLoad> load = get_load(reader);
  const auto count = reader.get<std::uint16_t>();
  if (!load || count > kMostRemarks) return broken_meta("imposed");
  LoadAnswer loaded{*load, {}};
  for (int i = 0; i < count && reader.intact(); ++i) loaded.remarks.push_back(get_clipped(reader));
  if (!reader.complete()) return broken_meta("imposed");
  return loaded;
}

FrameMeta encode(const Goodbye& message) {
  ByteWriter writer;
  put_clipped(writer, message.reason);
  return std::move(writer).take();
}

Result<Goodbye> decode_goodbye(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  Goodbye message{get_clipped(reader)};
  if (!reader.complete()) return broken_meta("goodbye");
  return message;
}

}  // namespace tideline::wire
