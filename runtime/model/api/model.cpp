#include "runtime/model/api/model.h"

#include "runtime/model/api/cut_tensors.h"
#include "runtime/model/api/digest.h"
#include "runtime/model/api/network.h"
#include "runtime/model/graph/cancellation_scope.h"
#include "runtime/model/graph/input_specs.h"
#include "runtime/model/graph/stack.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tideline::model {

struct Model::State {
  std::unique_ptr<const Network> network;
  std::string digest;
  Precision precision = Precision::fp32;
  Device device;
  std::int64_t max_batch = 1;
  std::uint32_t deepest = 0;
};

namespace {

// Returns the last cut whose head needs no more than `memory`.
Result<std::uint32_t> deepest_within(std::optional<Bytes> memory, const std::vector<Cut>& cuts) {
  const auto fits = [&](const Cut& cut) { return !memory || cut.head_memory <= *memory; };
  if (!fits(cuts.front()))
    return error(ErrorKind::invalid, "the input alone takes {}, more than the {} allowed; raise edge.memory",
                 to_string(cuts.front().head_memory), to_string(*memory));
  const auto beyond = std::partition_point(cuts.begin(), cuts.end(), fits);
  return std::prev(beyond)->index;
}

Result<void> check_budget(const Model::Options& options) {
  if (!options.memory || !options.device.gpu) return {};
  return error(ErrorKind::invalid,
               "edge.memory limits the processor's memory, but compute.device = \"{}\" keeps weights in its own; set "
               "only one of them",
               to_string(options.device));
}

std::vector<std::string> names_of(const std::vector<TensorSpec>& specs) {
  std::vector<std::string> names;
  for (const TensorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

Tensor zeros(const TensorSpec& spec) {
  const auto bytes = byte_count(spec.dtype, spec.shape);
  const std::size_t size = bytes ? bytes->count : 0;
  const auto memory = aligned_bytes(size);
  std::memset(memory.get(), 0, size);
  return {spec.dtype, spec.shape, memory, size};
}

}  // namespace

Model::Model(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Model::~Model() = default;

Result<std::shared_ptr<const Model>> Model::load(const std::filesystem::path& file, const Options& options) {
  const auto ask = [&](const std::string& json, const std::vector<std::string>& names) {
    return graph::settle_inputs(options.inputs, json, names);
  };
  if (auto budget = check_budget(options); !budget) return budget.error();
  const graph::ComputeOptions compute{options.precision, to_string(options.device), options.kernels,
                                      options.memory.has_value()};
  auto network = Network::load(file.string(), compute, ask);
  if (!network) return network.error().within(file.string());
  const std::vector<Cut>& cuts = (*network)->cuts();
  const auto outputs = graph::settle_outputs(options.outputs, (*network)->inputs_json(), names_of(cuts.back().tensors));
  if (!outputs) return outputs.error().within(file.string());
  (*network)->name_outputs(*outputs);
  auto image = options.image ? options.image(cuts.front().tensors, (*network)->image_json()) : std::string();
  if (!image) return image.error().within(file.string());
  auto digest = digest_of(file, cuts, *image);
  if (!digest) return digest.error();
  const auto deepest = deepest_within(options.memory, cuts);
  if (!deepest) return deepest.error().within(file.string());
  if (*deepest < cuts.back().index) (*network)->keep_head(*deepest);
  (*network)->build_cuts();
  const std::int64_t most = any_batch(cuts.front().tensors.front()) ? options.max_batch : 1;
  auto state = std::make_unique<State>(
      State{std::move(*network), std::move(*digest), options.precision, options.device, most, *deepest});
  return std::shared_ptr<const Model>(new Model(std::move(state)));
}

const std::string& Model::digest() const {
  return state_->digest;
}
Precision Model::precision() const {
  return state_->precision;
}
const Device& Model::device() const {
  return state_->device;
}
KernelChoice Model::kernels() const {
  return state_->network->kernels();
}
std::span<const TensorSpec> Model::inputs() const {
  return state_->network->cuts().front().tensors;
}
std::span<const TensorSpec> Model::outputs() const {
  return state_->network->cuts().back().tensors;
}
std::span<const Cut> Model::cuts() const {
  return state_->network->cuts();
}
std::uint32_t Model::last_cut() const {
  return state_->network->cuts().back().index;
}
std::uint32_t Model::deepest_cut() const {
  return state_->deepest;
}
std::span<const cuts::Region> Model::undivided() const {
  return state_->network->undivided();
}
std::span<const std::string> Model::defaults() const {
  return state_->network->defaults();
}
bool Model::takes_any_batch() const {
  return any_batch(inputs().front());
}
std::int64_t Model::max_batch() const {
  return state_->max_batch;
}
Bytes Model::parameters() const {
  return state_->network->cuts().front().tail_parameters;
}

Result<std::vector<Tensor>> Model::run(Range range, std::span<const Tensor> in) const {
  return run_together(range, in, 1);
}

Result<std::vector<Tensor>> Model::run_while(const std::function<bool()>& wanted, Range range,
                                             std::span<const Tensor> in) const {
  const graph::CancellationScope asked(wanted);
  auto out = run(range, in);
  if (asked.ended()) return error(ErrorKind::unavailable, "run cancelled");
  return out;
}

Result<std::vector<Tensor>> Model::run_together(Range range, std::span<const Tensor> in, std::int64_t count) const {
  if (range.from > range.to || range.to > last_cut()) {
    return error(ErrorKind::invalid, "this network has no range from cut {} to cut {}; its cuts are 0 to {}",
                 range.from, range.to, last_cut());
  }
  if (count > 1 &&
      !(graph::can_be_stacked(cuts()[range.from].tensors) && graph::can_be_stacked(cuts()[range.to].tensors))) {
    return error(ErrorKind::invalid,
                 "a tensor without dimensions crosses at cut {} or cut {}, so requests must run one by one there",
                 range.from, range.to);
  }
  const std::int64_t times = takes_any_batch() ? 1 : count;
  if (auto fits = check_cut_tensors(cuts()[range.from], in, {max_batch(), times}); !fits) return fits.error();
  if (range.from == range.to) return std::vector<Tensor>(in.begin(), in.end());
  if (range.to > deepest_cut()) {
    return error(ErrorKind::invalid, "the range from cut {} to cut {} is not loaded here; only cuts 0 to {} are",
                 range.from, range.to, deepest_cut());
  }
  return state_->network->run(range.from, range.to, in, times);
}

Result<void> Model::keeps_apart(Range range, std::int64_t rows) const {
  if (range.from > range.to || range.to > deepest_cut()) {
    return error(ErrorKind::invalid, "the range from cut {} to cut {} is not loaded here", range.from, range.to);
  }
  if (range.from == range.to) return {};
  constexpr std::int64_t kSeveral = 2;
  return state_->network->keeps_apart(range.from, range.to, rows, kSeveral);
}

Result<void> Model::warm(Range range) const {
  if (range.from > last_cut()) {
    return error(ErrorKind::invalid, "this network has no cut {}; its cuts are 0 to {}", range.from, last_cut());
  }
  std::vector<Tensor> in;
  for (const auto& spec : cuts()[range.from].tensors) in.push_back(zeros(at_batch(spec, 1)));
  const auto out = run(range, in);
  return out ? Result<void>() : Result<void>(out.error());
}

}  // namespace tideline::model
