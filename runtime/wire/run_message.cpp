#include "runtime/base/outside.h"
#include "runtime/base/trace_context.h"
#include "runtime/wire/message_fields.h"

#include <algorithm>
#include <chrono>

namespace tideline::wire {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

void put_output(ByteWriter& writer, const AnswerMessage::Output& output) {
  writer.put(static_cast<std::uint8_t>(output.dtype));
  writer.put(static_cast<std::uint8_t>(output.shape.size()));
  for (const std::int64_t dimension : output.shape) writer.put(dimension);
}

void put_place(ByteWriter& writer, const std::optional<StreamPlace>& place) {
  writer.put(static_cast<std::uint8_t>(place ? 1 : 0));
  if (!place) return;
  writer.put(place->stream);
  writer.put(place->frame);
  writer.put(place->reference);
}

// Returns false if the field is broken.
bool get_place(ByteReader& reader, std::optional<StreamPlace>& place) {
  const auto count = reader.get<std::uint8_t>();
  if (count == 0) return true;
  place.emplace();
  place->stream = reader.get<std::uint64_t>();
  place->frame = reader.get<std::uint32_t>();
  place->reference = reader.get<std::uint32_t>();
  return count == 1 && place->frame > place->reference;
}

// Without a zero, which no priority is.
void put_priority(ByteWriter& writer, Priority priority) {
  writer.put(std::max(priority, kFirstPriority));
}

Result<void> get_priority(ByteReader& reader, Priority& priority) {
  priority = reader.get<Priority>();
  if (priority >= kFirstPriority || !reader.intact()) return {};
  return error(ErrorKind::corrupt, "the priority of a run is 0; it is 1 or more, and 1 goes first");
}

void put_trace(ByteWriter& writer, std::string_view trace) {
  const std::string_view sound = is_traceparent(trace) ? trace : std::string_view();
  writer.put(static_cast<std::uint8_t>(sound.size()));
  for (const char c : sound) writer.put(c);
}

Result<void> get_trace(ByteReader& reader, std::string& trace) {
  const auto size = reader.get<std::uint8_t>();
  if (size != 0 && size != kTraceparentSize)
    return error(ErrorKind::corrupt, "the trace of a run has {} bytes; a traceparent of version 00 has {}", size,
                 kTraceparentSize);
  for (std::size_t i = 0; i < size; ++i) trace += reader.get<char>();
  if (trace.empty() || !reader.intact() || is_traceparent(trace)) return {};
  return error(ErrorKind::corrupt, "the trace of a run is '{}', which is no traceparent of version 00",
               outside_text(trace, kTraceparentSize));
}

Result<AnswerMessage::Output> get_output(ByteReader& reader) {
  Result<DType> dtype = dtype_from_wire(reader.get<std::uint8_t>());
  if (!dtype) return dtype.error();
  AnswerMessage::Output output{*dtype, {}};
  const auto rank = reader.get<std::uint8_t>();
  if (rank > kMaxRank) return error(ErrorKind::corrupt, "an output has {} dimensions; the limit is {}", rank, kMaxRank);
  for (int i = 0; i < rank; ++i) output.shape.push_back(reader.get<std::int64_t>());
  return output;
}

}  // namespace

FrameMeta encode(const RunMessage& message) {
  ByteWriter writer;
  put_digest(writer, message.plan.model);
  writer.put(message.plan.cut);
  writer.put(static_cast<std::uint8_t>(message.plan.codec));
  const Duration budget = std::clamp(message.budget, Duration{}, kLongestBudget);
  writer.put(static_cast<std::uint64_t>(duration_cast<microseconds>(budget).count()));
  writer.put(message.batch);
  put_priority(writer, message.priority);
  put_trace(writer, message.trace);
  writer.put(static_cast<std::uint16_t>(message.sizes.size()));
  for (const std::uint64_t size : message.sizes) writer.put(size);
  put_place(writer, message.place);
  return std::move(writer).take();
}

Result<RunMessage> decode_run(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  RunMessage message;
  message.plan.model = get_digest(reader);
  message.plan.cut = reader.get<std::uint32_t>();
  const Result<plan::Codec> codec = plan::codec_from_wire(reader.get<std::uint8_t>());
  const auto budget = reader.get<std::uint64_t>();
  const auto longest = static_cast<std::uint64_t>(duration_cast<microseconds>(kLongestBudget).count());
  message.budget = microseconds(std::min(budget, longest));
  message.batch = reader.get<std::uint32_t>();
  if (const auto read = get_priority(reader, message.priority); !read) return read.error();
  if (const auto read = get_trace(reader, message.trace); !read) return read.error();
  const auto count = reader.get<std::uint16_t>();
  for (int i = 0; i < count && reader.intact(); ++i) message.sizes.push_back(reader.get<std::uint64_t>());
  const bool placed = get_place(reader, message.place);
  if (!reader.complete() || !placed) return broken_meta("run");
  if (!codec) return codec.error();
  message.plan.codec = *codec;
  return message;
}

FrameMeta encode(const AnswerMessage& message) {
  ByteWriter writer;
  put_stamps(writer, message.stamps);
  writer.put(static_cast<std::uint16_t>(message.outputs.size()));
  for (const AnswerMessage::Output& output : message.outputs) put_output(writer, output);
  return std::move(writer).take();
}

Result<AnswerMessage> decode_answer(std::span<const std::byte> meta) {
  ByteReader reader(meta);
  AnswerMessage message;
  const std::optional<Stamps> stamps = get_stamps(reader);
  if (!stamps) return broken_meta("answer");
  message.stamps = *stamps;
  const auto count = reader.get<std::uint16_t>();
  for (int i = 0; i < count && reader.intact(); ++i) {
    Result<AnswerMessage::Output> output = get_output(reader);
    if (!output) return output.error();
    message.outputs.push_back(std::move(*output));
  }
  if (!reader.complete()) return broken_meta("answer");
  return message;
}

}  // namespace tideline::wire
