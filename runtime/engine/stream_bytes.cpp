#include "runtime/engine/stream_bytes.h"

#include "runtime/codec/q_codec.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace tideline::engine {
namespace {

// One plan's stream: the codes of the reference, by tensor, and the bytes of the frames after the first.
class FrameCounter {
 public:
  explicit FrameCounter(plan::Codec codec) : codec_(codec) {}

  void add(std::span<const Tensor> crossing) {
    std::vector<std::shared_ptr<const codec::Codes>> codes;
    for (std::size_t i = 0; i < crossing.size(); ++i) {
      codec::Coded coded = codec::encode_q(codec_, crossing[i], before_.empty() ? nullptr : before_[i].get());
      if (!is_first_) bytes_ += coded.wire.bytes().size();
      codes.push_back(std::move(coded.codes));
    }
    is_first_ = false;
    // As in StreamFrame: a frame without codes becomes no reference.
    if (std::ranges::any_of(codes, [](const auto& each) { return each != nullptr; })) before_ = std::move(codes);
  }

  Bytes mean_of(std::uint32_t frames) const { return {(bytes_ + frames / 2) / frames}; }

 private:
  plan::Codec codec_;
  std::vector<std::shared_ptr<const codec::Codes>> before_;
  std::uint64_t bytes_ = 0;
  bool is_first_ = true;
};

Result<void> add_frame(const model::Model& model, Input input, std::span<const plan::Plan> plans,
                       std::vector<FrameCounter>& counters) {
  const auto tensors = input.tensors();
  if (!tensors) return tensors.error();
  std::vector<Tensor> crossing(tensors->begin(), tensors->end());
  std::uint32_t cut = 0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (plans[i].cut > cut) {
      auto next = model.run({cut, plans[i].cut}, crossing);
      if (!next) return next.error();
      crossing = *std::move(next);
      cut = plans[i].cut;
    }
    counters[i].add(crossing);
  }
  return {};
}

}  // namespace

Result<std::vector<Bytes>> stream_bytes(const model::Model& model, const SampleInputs& sequence,
                                        std::span<const plan::Plan> plans,
                                        const std::function<void(std::uint32_t done)>& on_frame) {
  std::vector<FrameCounter> counters;
  for (const plan::Plan& plan : plans) counters.emplace_back(plan.codec);
  for (std::uint32_t i = 0; i < sequence.size(); ++i) {
    if (const auto added = add_frame(model, sequence.at(i), plans, counters); !added) return added.error();
    if (on_frame) on_frame(i + 1);
  }
  std::vector<Bytes> means;
  for (const FrameCounter& counter : counters) means.push_back(counter.mean_of(sequence.size() - 1));
  return means;
}

}  // namespace tideline::engine
