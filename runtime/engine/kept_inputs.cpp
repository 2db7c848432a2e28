#include "runtime/engine/kept_inputs.h"

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

namespace tideline::engine {
namespace {

std::span<const Tensor> parts_of(const Input& input) {
  return input.is_image() ? input.files() : input.ready();
}

Bytes bytes_of(const Input& input) {
  Bytes bytes;
  for (const Tensor& tensor : parts_of(input)) bytes.count += tensor.bytes().size();
  return bytes;
}

std::size_t mark_of(const Input& input) {
  std::size_t mark = 0;
  for (const Tensor& tensor : parts_of(input)) {
    const std::string_view text(reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size());
    mark = mark * 31 + std::hash<std::string_view>()(text);
  }
  return mark;
}

// The tensors of a request share the memory of its whole body, which a kept input must not hold.
Input copied(const Input& input) {
  std::vector<Tensor> tensors;
  for (const Tensor& tensor : parts_of(input))
    tensors.push_back(Tensor::copy_of(tensor.dtype(), tensor.shape(), tensor.bytes()));
  return input.is_image() ? Input(std::move(tensors), input.taken()) : Input(std::move(tensors));
}

}  // namespace

void KeptInputs::keep(bool on) {
  on_ = on;
  if (on) return;
  const std::lock_guard lock(m_);
  kept_.clear();
  bytes_ = {};
}

std::optional<Input> KeptInputs::copy_of(const Input& input, TimePoint now) {
  const Clock::rep at = now.time_since_epoch().count();
  Clock::rep next = next_;
  if (!on_ || at < next || input.is_image() != options_.files) return std::nullopt;
  if (bytes_of(input).count > room()) return std::nullopt;
  const Duration pause = has_enough() ? options_.later_pause : options_.pause;
  if (!next_.compare_exchange_strong(next, (now + pause).time_since_epoch().count())) return std::nullopt;
  return copied(input);
}

void KeptInputs::add(Input copy) {
  Kept one{std::move(copy), {}, 0};
  one.bytes = bytes_of(one.input);
  one.mark = mark_of(one.input);
  const std::lock_guard lock(m_);
  const auto same = [&](const Kept& other) { return other.mark == one.mark; };
  if (!on_ || std::ranges::any_of(kept_, same)) return;
  while (!kept_.empty() && (kept_.size() >= options_.most || bytes_.count + one.bytes.count > options_.memory.count))
    drop_oldest();
  bytes_.count += one.bytes.count;
  kept_.push_back(std::move(one));
}

void KeptInputs::drop_oldest() {
  bytes_.count -= kept_.front().bytes.count;
  kept_.pop_front();
}

std::size_t KeptInputs::size() const {
  const std::lock_guard lock(m_);
  return kept_.size();
}

std::vector<Input> KeptInputs::all() const {
  const std::lock_guard lock(m_);
  std::vector<Input> inputs;
  inputs.reserve(kept_.size());
  for (const Kept& one : kept_) inputs.push_back(one.input);
  return inputs;
}

}  // namespace tideline::engine
