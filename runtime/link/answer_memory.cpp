#include "runtime/link/answer_memory.h"

#include "runtime/base/outputs.h"

#include <utility>

namespace tideline::link {
namespace {

// Returns corrupt unless `exchange` is a tail's and the answer has the expected form.
Result<void> check_form(const Exchange& exchange, const wire::AnswerMessage& message) {
  const auto* const asked = std::get_if<wire::TailRequest>(&exchange.request);
  if (!asked)
    return error(ErrorKind::corrupt, "the cloud answered request {} with a frame of another kind", exchange.id);
  std::vector<TensorSpec> given;
  given.reserve(message.outputs.size());
  for (const wire::AnswerMessage::Output& output : message.outputs) given.push_back({"", output.dtype, output.shape});
  return check_outputs(asked->outputs, given);
}

// Returns the sizes of the outputs that `message` announces; corrupt if they do not match the payload.
Result<std::vector<std::size_t>> sizes_of(const wire::AnswerMessage& message, std::uint64_t payload_size) {
  std::vector<std::size_t> sizes;
  std::uint64_t left = payload_size;
  for (const wire::AnswerMessage::Output& output : message.outputs) {
    const Result<Bytes> size = byte_count(output.dtype, output.shape);
    if (!size || size->count > left) return error(ErrorKind::corrupt, "an answer's outputs do not fit its payload");
    left -= size->count;
    sizes.push_back(size->count);
  }
  if (left != 0) return error(ErrorKind::corrupt, "an answer's payload is longer than its outputs");
  return sizes;
}

}  // namespace

Result<AnswerMemory> AnswerMemory::of(const Exchange& asked, const wire::AnswerMessage& message,
                                      std::uint64_t payload_size) {
  const Result<void> fits = check_form(asked, message);
  if (!fits) return fits.error();
  const Result<std::vector<std::size_t>> sizes = sizes_of(message, payload_size);
  if (!sizes) return sizes.error();
  AnswerMemory memory;
  for (std::size_t i = 0; i < sizes->size(); ++i)
    memory.parts_.push_back({message.outputs[i], aligned_bytes((*sizes)[i]), (*sizes)[i]});
  return memory;
}

std::vector<asio::mutable_buffer> AnswerMemory::parts() const {
  std::vector<asio::mutable_buffer> parts;
  parts.reserve(parts_.size());
  for (const Part& part : parts_) parts.push_back(asio::buffer(part.memory.get(), part.size));
  return parts;
}

std::vector<Tensor> AnswerMemory::outputs() const {
  std::vector<Tensor> outputs;
  outputs.reserve(parts_.size());
  for (const Part& part : parts_) outputs.emplace_back(part.output.dtype, part.output.shape, part.memory, part.size);
  return outputs;
}

}  // namespace tideline::link
