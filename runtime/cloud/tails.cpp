#include "runtime/cloud/tails.h"

#include "runtime/codec/codec.h"
#include "runtime/codec/image_codec.h"
#include "runtime/codec/q_codec.h"
#include "runtime/model/api/batch_check.h"
#include "runtime/model/graph/stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::cloud {
namespace {

constexpr std::size_t kAnyNumber = 1 << 16;

// Returns the tensors that the request must bring.
std::vector<TensorSpec> specs_of(const model::Model& model, const wire::RunMessage& asked) {
  return at_batch(model.cuts()[asked.plan.cut].tensors, asked.batch);
}

// Returns the largest batch of one request.
std::int64_t most_at_once(const model::Model& model) {
  return model.takes_any_batch() ? model.max_batch() : 1;
}

// Tensors without a first dimension can be neither stacked nor split.
std::size_t most_together(const model::Model& model, std::uint32_t cut, std::int64_t rows) {
  if (!graph::can_be_stacked(model.cuts()[cut].tensors) || !graph::can_be_stacked(model.outputs())) return 1;
  if (!model.takes_any_batch()) return kAnyNumber;
  return static_cast<std::size_t>(std::max<std::int64_t>(1, model.max_batch() / rows));
}

// Sizes that are unknown before a run count as zero.
Bytes size_of(const std::vector<TensorSpec>& specs) {
  Bytes sum;
  for (const TensorSpec& spec : specs)
    if (const Result<Bytes> size = byte_count(spec.dtype, spec.shape)) sum.count += size->count;
  return sum;
}

// REQUIRES: the request brings one tensor.
Result<void> check_images(const wire::RunMessage& asked, const std::string& name, const codec::ImageInput* image) {
  const plan::Codec codec = asked.plan.codec;
  if (asked.plan.cut > 0)
    return error(ErrorKind::invalid, "the codec {} is for images, which cross only at cut 0", plan::name(codec));
  if (!image)
    return error(ErrorKind::invalid, "the cloud's model {} takes no images; start both sides with the same --image",
                 name);
  const codec::SizeRange expected = codec::encoded_images_size(codec, *image, asked.batch);
  if (expected.holds(asked.sizes.front())) return {};
  return error(ErrorKind::invalid, "{} images of model {} as {} take {}, not {}", asked.batch, name, plan::name(codec),
               to_string(expected), asked.sizes.front());
}

// Decodes the tensors of a stream, and returns their codes.
Result<std::vector<Tensor>> decode_steps(const RequestedTail& request, std::span<const TensorSpec> specs,
                                         TensorCodes& codes) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const codec::Codes* const before = request.before ? request.before->codes[i].get() : nullptr;
    Result<codec::Decoded> decoded =
        codec::decode_q(specs[i], request.wire.memory[i], request.wire.sizes[i], codec::Keep::tensor_and_codes, before);
    if (!decoded) return decoded.error();
    tensors.push_back(std::move(decoded->tensor));
    codes.push_back(std::move(decoded->codes));
  }
  return tensors;
}

// REQUIRES: Tails::check() succeeded.
Result<std::vector<Tensor>> decode_all(const RequestedTail& request, std::span<const TensorSpec> specs,
                                       const codec::ImageInput* image, TensorCodes& codes) {
  const auto& [asked, wire, before] = request;
  const plan::Codec codec = asked.plan.codec;
  if (asked.place) return decode_steps(request, specs, codes);
  std::vector<Tensor> tensors;
  if (plan::is_of_images(codec)) {
    Result<Tensor> input = codec::decode_images(codec, *image, asked.batch, wire.memory[0], wire.sizes[0]);
    if (!input) return input.error();
    tensors.push_back(*std::move(input));
    return tensors;
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Result<Tensor> tensor = codec::decode(codec, specs[i], wire.memory[i], wire.sizes[i]);
    if (!tensor) return tensor.error();
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

}  // namespace

Tails::Tails(std::vector<CloudServer::Named> models) {
  for (CloudServer::Named& named : models) {
    std::string digest = named.model->digest();
    models_.emplace(std::move(digest), std::move(named));
  }
}

std::map<std::string, std::string> Tails::names() const {
  std::map<std::string, std::string> names;
  for (const auto& [digest, named] : models_) names.emplace(digest, named.name);
  return names;
}

std::string Tails::name_of(const std::string& digest) const {
  const auto found = models_.find(digest);
  return found == models_.end() ? digest.substr(0, 12) : found->second.name;
}

Result<Bytes> Tails::check(const wire::RunMessage& asked) const {
  const auto found = models_.find(asked.plan.model);
  if (found == models_.end()) {
    return error(ErrorKind::invalid, "the cloud does not hold model {}; start it with the same model file as the edge",
                 asked.plan.model.substr(0, 12));
  }
  const auto& [name, model, image] = found->second;
  if (asked.place && !plan::is_of_steps(asked.plan.codec))
    return error(ErrorKind::invalid, "a stream needs a codec of steps, and {} is none", plan::name(asked.plan.codec));
  if (asked.plan.cut > model->last_cut()) {
    return error(ErrorKind::invalid, "model {} has no cut {}; its last is {}", name, asked.plan.cut, model->last_cut());
  }
  if (const std::size_t count = model->cuts()[asked.plan.cut].tensors.size(); asked.sizes.size() != count) {
    return error(ErrorKind::invalid, "cut {} of model {} has {} tensors, not {}", asked.plan.cut, name, count,
                 asked.sizes.size());
  }
  if (const std::int64_t most = most_at_once(*model); asked.batch < 1 || asked.batch > most)
    return error(ErrorKind::invalid, "model {} takes batches of 1 to {}, not {}", name, most, asked.batch);
  if (plan::is_of_images(asked.plan.codec)) {
    if (const Result<void> fits = check_images(asked, name, image.get()); !fits) return fits.error();
    return size_of(at_batch(model->outputs(), asked.batch));
  }
  const std::vector<TensorSpec> tensors = specs_of(*model, asked);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const codec::SizeRange expected = codec::encoded_size(asked.plan.codec, tensors[i]);
    if (expected.holds(asked.sizes[i])) continue;
    return error(ErrorKind::invalid, "tensor {} of cut {} of model {}, {} as {}, takes {}, not {}", i, asked.plan.cut,
                 name, to_string(tensors[i]), plan::name(asked.plan.codec), to_string(expected), asked.sizes[i]);
  }
  return size_of(at_batch(model->outputs(), asked.batch));
}

TailKind Tails::kind_of(const wire::RunMessage& asked) const {
  const model::Model& model = *models_.at(asked.plan.model).model;
  return {asked.plan, asked.batch, most_together(model, asked.plan.cut, asked.batch)};
}

Result<TailOutcome> Tails::run(std::span<const RequestedTail> requests) const {
  const wire::RunMessage& first = requests.front().asked;
  const CloudServer::Named& named = models_.at(first.plan.model);
  const model::Model& model = *named.model;
  const TimePoint began = Clock::now();
  std::vector<std::vector<Tensor>> decoded;
  std::vector<TensorCodes> codes(requests.size());
  for (const RequestedTail& request : requests) {
    auto tensors = decode_all(request, specs_of(model, request.asked), named.image.get(), codes[decoded.size()]);
    if (!tensors) return tensors.error();
    decoded.push_back(*std::move(tensors));
  }
  const auto count = static_cast<std::int64_t>(requests.size());
  const std::vector<Tensor> in = graph::stacked(decoded);
  const TimePoint ready = Clock::now();
  auto outputs = model.run_together(model.tail(first.plan.cut), in, count);
  if (!outputs) return outputs.error();
  const Duration ran = Clock::now() - ready;
  return TailOutcome{graph::unstacked(*std::move(outputs), count), ready - began, ran, std::move(codes)};
}

Result<void> Tails::try_together(const TailKind& kind) const {
  const model::Model& model = *models_.at(kind.plan.model).model;
  return rows_stay_apart(model, model.tail(kind.plan.cut), kind.rows);
}

}  // namespace tideline::cloud
