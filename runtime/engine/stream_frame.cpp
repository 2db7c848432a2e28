#include "runtime/engine/stream_frame.h"

#include "runtime/codec/q_codec.h"

#include <algorithm>
#include <utility>

namespace tideline::engine {

std::vector<Tensor> StreamFrame::encode(std::span<const Tensor> tensors) {
  next_ = references_.next(sequence_, plan_);
  return encode_against(next_.reference.get(), tensors);
}

void StreamFrame::lose_reference() {
  if (next_.reference) references_.lost(sequence_, plan_, next_.reference->frame);
}

std::vector<Tensor> StreamFrame::encode_whole(std::span<const Tensor> tensors) {
  next_ = references_.next(sequence_, plan_);
  return encode_against(nullptr, tensors);
}

std::vector<Tensor> StreamFrame::encode_against(const StreamReference* reference, std::span<const Tensor> tensors) {
  std::vector<Tensor> wire;
  codes_.clear();
  is_difference_ = false;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    codec::Coded coded = codec::encode_q(plan_.codec, tensors[i], reference ? reference->codes[i].get() : nullptr);
    wire.push_back(std::move(coded.wire));
    codes_.push_back(std::move(coded.codes));
    is_difference_ = is_difference_ || coded.is_difference;
  }
  return wire;
}

void StreamFrame::put_into(wire::TailRequest& request) const {
  request.place = {.stream = next_.stream, .frame = next_.frame};
  if (!next_.reference) return;
  request.home = next_.reference->connection;
  if (is_difference_) request.place->reference = next_.reference->frame;
}

void StreamFrame::answered(std::shared_ptr<const wire::ConnectionMark> connection) {
  const bool any = std::ranges::any_of(codes_, [](const auto& codes) { return codes != nullptr; });
  if (!connection || !any) return;
  references_.answered(sequence_, plan_, next_.stream, {next_.frame, std::move(codes_), std::move(connection)});
}

}  // namespace tideline::engine
