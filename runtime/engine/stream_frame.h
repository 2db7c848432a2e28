// StreamFrame: one request as a frame of its stream: it encodes the tensors, as differences to the stream's reference
// where that is shorter, and becomes the reference once a cloud has answered.
//
// Belongs to one thread.
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/engine/stream_references.h"
#include "runtime/wire/tail_call.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tideline::engine {

class StreamFrame {
 public:
  // `references` must outlive it. REQUIRES: the plan's codec is one of steps.
  StreamFrame(StreamReferences& references, std::string sequence, plan::Plan plan)
      : references_(references), sequence_(std::move(sequence)), plan_(std::move(plan)) {}

  // Returns the wire form of the tensors at the cut.
  std::vector<Tensor> encode(std::span<const Tensor> tensors);

  // The cloud lacks the reference: no later frame will refer to it.
  void lose_reference();

  // Returns the wire form of the same tensors without differences, as another frame.
  std::vector<Tensor> encode_whole(std::span<const Tensor> tensors);

  // Writes its place in the stream, and the connection at which the stream is. REQUIRES: it is encoded.
  void put_into(wire::TailRequest& request) const;
  bool is_difference() const { return is_difference_; }

  // The frame was answered over that connection. REQUIRES: it is encoded.
  void answered(std::shared_ptr<const wire::ConnectionMark> connection);

 private:
  std::vector<Tensor> encode_against(const StreamReference* reference, std::span<const Tensor> tensors);

  StreamReferences& references_;
  const std::string sequence_;
  const plan::Plan plan_;
  StreamReferences::Next next_;
  std::vector<std::shared_ptr<const codec::Codes>> codes_;
  bool is_difference_ = false;
};

}  // namespace tideline::engine
