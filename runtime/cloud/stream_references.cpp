#include "runtime/cloud/stream_references.h"

#include <algorithm>

namespace tideline::cloud {
namespace {

wire::Limits at_most_a_quarter_of(const Budget::Bounds& budget, wire::Limits limits) {
  limits.references = std::min(limits.references, Bytes{budget.all.count / 4});
  limits.peer_references = std::min(limits.peer_references, Bytes{budget.per_peer.count / 4});
  limits.streams = std::max(limits.streams, 1U);
  limits.peer_streams = std::max(limits.peer_streams, 1U);
  return limits;
}

Bytes size_of_codes(const TensorCodes& codes) {
  Bytes sum;
  for (const auto& one : codes)
    if (one) sum.count += one->bytes();
  return sum;
}

}  // namespace

StreamReferences::StreamReferences(const wire::Limits& limits, Budget& budget)
    : bounds_(at_most_a_quarter_of(budget.bounds(), limits)), budget_(budget) {}

Result<std::shared_ptr<const KeptFrame>> StreamReferences::find(const From& from, const wire::RunMessage& asked) {
  const wire::StreamPlace& place = *asked.place;
  Stream* const stream = find_stream(from, place.stream);
  if (stream && stream->plan != asked.plan)
    return error(ErrorKind::invalid, "stream {} is under another plan; use a new number", place.stream);
  if (stream && !stream->used.use(place.frame))
    return error(ErrorKind::invalid, "frame {} of stream {} was sent before; use a new number", place.frame,
                 place.stream);
  if (place.reference == 0) return std::shared_ptr<const KeptFrame>();
  const auto gone = error(ErrorKind::no_reference, "frame {} of stream {} is not kept; send the whole tensors",
                          place.reference, place.stream);
  if (!stream) return gone;
  const auto kept = stream->frames.find(place.reference);
  if (kept == stream->frames.end()) return gone;
  std::shared_ptr<const KeptFrame> frame = kept->second;
  if (frame->batch != asked.batch)
    return error(ErrorKind::invalid, "frame {} of stream {} is a batch of {}, not {}", place.reference, place.stream,
                 frame->batch, asked.batch);
  touch(*stream);
  name_reference(*stream, place.reference);
  return frame;
}

void StreamReferences::keep(const From& from, const wire::RunMessage& asked, TensorCodes codes) {
  const Bytes size = size_of_codes(codes);
  if (size.count == 0 || size > bounds_.peer_references || size > bounds_.references) return;
  auto held = room_for(from.peer, size);
  if (!held) return;
  Stream& stream = stream_of(from, asked);
  if (stream.plan != asked.plan || stream.frames.contains(asked.place->frame)) return;  // Its edge lied.
  KeptFrame frame{std::move(codes), asked.batch, *std::move(held)};
  stream.frames.emplace(asked.place->frame, std::make_shared<const KeptFrame>(std::move(frame)));
  ++frames_;
  bytes_ += size.count;
  peers_[stream.peer].bytes += size.count;
  trim(stream);
}

void StreamReferences::forget(const void* connection) {
  auto at = by_key_.lower_bound({connection, 0});
  while (at != by_key_.end() && at->first.first == connection) drop((at++)->second);
}

bool StreamReferences::give_way(const std::string& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return false;
  drop(*found->second.order.begin()->second);
  return true;
}

StreamReferences::Stream* StreamReferences::find_stream(const From& from, std::uint64_t number) {
  const auto found = by_key_.find({from.connection, number});
  return found == by_key_.end() ? nullptr : &found->second;
}

// Returns the request's stream, a new one if need be, as the one that was used last.
StreamReferences::Stream& StreamReferences::stream_of(const From& from, const wire::RunMessage& asked) {
  const Key key{from.connection, asked.place->stream};
  const auto [at, is_new] = by_key_.try_emplace(key);
  Stream& stream = at->second;
  if (is_new) {
    stream.key = key;
    stream.peer = from.peer;
    stream.plan = asked.plan;
    stream.used.use(asked.place->frame);
    ++streams_;
  }
  touch(stream);
  return stream;
}

Result<Budget::Held> StreamReferences::room_for(const std::string& peer, Bytes size) {
  Result<Budget::Held> held = budget_.take(peer, size);
  while (!held && held.error().kind == ErrorKind::overloaded && give_way(peer)) held = budget_.take(peer, size);
  return held;
}

void StreamReferences::touch(Stream& stream) {
  Order& of_peer = peers_[stream.peer].order;
  order_.erase(stream.last_use);
  of_peer.erase(stream.last_use);
  stream.last_use = ++uses_;
  order_.emplace(stream.last_use, &stream);
  of_peer.emplace(stream.last_use, &stream);
}

// Requests that were sent together may arrive in another order: the reference before stays, too.
void StreamReferences::name_reference(Stream& stream, std::uint32_t reference) {
  if (reference <= stream.named) return;
  while (stream.frames.begin()->first < stream.named) drop_frame(stream, stream.frames.begin()->first);
  stream.named = reference;
}

// A stream whose frames alone are too many loses the oldest, but not its only one.
void StreamReferences::trim(Stream& stream) {
  const auto oldest = [&stream] {
    const auto first = stream.frames.begin();
    return first->first == stream.named && stream.frames.size() > 1 ? std::next(first)->first : first->first;
  };
  while (stream.frames.size() > kFrames + (stream.frames.contains(stream.named) ? 1 : 0)) drop_frame(stream, oldest());
  Peer& peer = peers_[stream.peer];
  while (peer.order.size() > bounds_.peer_streams) drop(*peer.order.begin()->second);
  while (peer.bytes > bounds_.peer_references.count && peer.order.size() > 1) drop(*peer.order.begin()->second);
  while (peer.bytes > bounds_.peer_references.count) drop_frame(stream, oldest());
  while (order_.size() > bounds_.streams) drop(*order_.begin()->second);
  while (bytes_ > bounds_.references.count && order_.size() > 1) drop(*order_.begin()->second);
  while (bytes_ > bounds_.references.count) drop_frame(stream, oldest());
}

void StreamReferences::drop_frame(Stream& stream, std::uint32_t frame) {
  const auto at = stream.frames.find(frame);
  const std::uint64_t size = size_of_codes(at->second->codes).count;
  --frames_;
  bytes_ -= size;
  peers_[stream.peer].bytes -= size;
  stream.frames.erase(at);
}

void StreamReferences::drop(Stream& stream) {
  while (!stream.frames.empty()) drop_frame(stream, stream.frames.begin()->first);
  order_.erase(stream.last_use);
  const auto peer = peers_.find(stream.peer);
  peer->second.order.erase(stream.last_use);
  if (peer->second.order.empty()) peers_.erase(peer);
  --streams_;
  by_key_.erase(Key(stream.key));
}

}  // namespace tideline::cloud
