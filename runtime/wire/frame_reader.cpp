#include "runtime/wire/frame_reader.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tideline::wire {
namespace {

constexpr std::size_t kWaste = 64 << 10;

}  // namespace

Task<Result<std::size_t>> FrameReader::read_some(std::vector<asio::mutable_buffer> parts) {
  asio::error_code problem;
  const std::size_t bytes = co_await stream_.read_some(std::move(parts), problem);
  if (problem) {
    if (is_tls(problem) && fault_of(problem) == TlsFault::flood)
      co_return error(ErrorKind::corrupt, "{}", words_for(problem));
    const char* when = frame_since_ ? " in the middle of a frame" : "";
    co_return error(ErrorKind::unavailable, "{}{}", words_for(problem), when);
  }
  heard_ = Clock::now();
  received_ += bytes;
  co_return bytes;
}

Task<Result<void>> FrameReader::fill(std::span<std::byte> memory) {
  while (!memory.empty()) {
    std::vector<asio::mutable_buffer> parts{asio::buffer(memory.data(), memory.size())};
    const Result<std::size_t> bytes = co_await read_some(std::move(parts));
    if (!bytes) co_return bytes.error();
    if (!frame_since_) frame_since_ = stream_.began().value_or(heard_);
    memory = memory.subspan(*bytes);
  }
  co_return Result<void>();
}

Task<Result<ReceivedFrame>> FrameReader::next() {
  std::array<std::byte, FrameHeader::kSize> bytes{};
  const Result<void> came = co_await fill(bytes);
  if (!came) co_return came.error();
  const Result<FrameHeader> header = decode_header(bytes, limits_);
  if (!header) co_return header.error();
  ReceivedFrame frame{*header, FrameMeta(header->meta_size), *frame_since_};
  const Result<void> meta_came = co_await fill(frame.meta);
  if (!meta_came) co_return meta_came.error();
  if (header->payload_size == 0) frame_since_.reset();
  co_return frame;
}

Task<Result<Arrival>> FrameReader::read(std::vector<asio::mutable_buffer> parts) {
  BufferWalk<asio::mutable_buffer> walk(std::move(parts));
  ArrivalMeter meter({walk.left()}, heard_);
  while (walk.left() > 0) {
    std::vector<asio::mutable_buffer> next = walk.next(walk.left());
    const Result<std::size_t> bytes = co_await read_some(std::move(next));
    if (!bytes) co_return bytes.error();
    walk.advance(*bytes);
    meter.add({*bytes}, heard_, {std::min<std::uint64_t>(walk.left(), stream_.held())});
  }
  frame_since_.reset();
  co_return meter.arrival();
}

Task<Result<Arrival>> FrameReader::skip(std::uint64_t size) {
  std::vector<std::byte> waste(std::min<std::uint64_t>(size, kWaste));
  std::vector<asio::mutable_buffer> parts;
  for (; size > 0; size -= parts.back().size())
    parts.push_back(asio::buffer(waste.data(), std::min<std::uint64_t>(size, kWaste)));
  const Result<Arrival> arrival = co_await read(std::move(parts));
  co_return arrival;
}

}  // namespace tideline::wire
