#include "runtime/net/tails.h"

#include "runtime/codec/codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

// What must come.
std::vector<TensorSpec> specs_of(const Model& model, const RunMessage& asked) {
  return at_batch(model.cuts()[asked.plan.cut].tensors, asked.batch);
}

// How many images a request may bring at once.
std::int64_t most_at_once(const Model& model) {
  return model.takes_any_batch() ? model.max_batch() : 1;
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

Result<void> Tails::check(const RunMessage& asked) const {
  const auto found = models_.find(asked.plan.model);
  if (found == models_.end()) {
    return error(ErrorKind::invalid, "the cloud does not hold model {}; start it with the same model file as the edge",
                 asked.plan.model.substr(0, 12));
  }
  const auto& [name, model] = found->second;
  if (asked.plan.cut > model->last_cut()) {
    return error(ErrorKind::invalid, "model {} has no cut {}; its last is {}", name, asked.plan.cut, model->last_cut());
  }
  if (const std::size_t count = model->cuts()[asked.plan.cut].tensors.size(); asked.sizes.size() != count) {
    return error(ErrorKind::invalid, "at cut {} of model {} cross {} tensors, not {}", asked.plan.cut, name, count,
                 asked.sizes.size());
  }
  if (const std::int64_t most = most_at_once(*model); asked.batch < 1 || asked.batch > most)
    return error(ErrorKind::invalid, "model {} takes batches of 1 to {}, not {}", name, most, asked.batch);
  const std::vector<TensorSpec> tensors = specs_of(*model, asked);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SizeRange expected = encoded_size(asked.plan.codec, tensors[i]);
    if (expected.holds(asked.sizes[i])) continue;
    return error(ErrorKind::invalid, "tensor {} of cut {} of model {}, {} as {}, takes {}, not {}", i, asked.plan.cut,
                 name, to_string(tensors[i]), tideline::name(asked.plan.codec), to_string(expected), asked.sizes[i]);
  }
  return {};
}

Result<Tails::Outcome> Tails::run(const RunMessage& asked, WireTensors wire) const {
  const Model& model = *models_.at(asked.plan.model).model;
  const std::vector<TensorSpec> specs = specs_of(model, asked);
  const TimePoint began = Clock::now();
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Result<Tensor> tensor = decode(asked.plan.codec, specs[i], std::move(wire.memory[i]), wire.sizes[i]);
    if (!tensor) return tensor.error();
    tensors.push_back(std::move(*tensor));
  }
  const TimePoint decoded = Clock::now();
  Result<std::vector<Tensor>> outputs = model.run(model.tail(asked.plan.cut), tensors);
  if (!outputs) return outputs.error();
  return Outcome{std::move(*outputs), decoded - began, Clock::now() - decoded};
}

}  // namespace tideline
