#include "runtime/model/api/network.h"

#include "runtime/base/kept_memory.h"
#include "runtime/model/cuts/piece.h"
#include "runtime/model/cuts/probe_cuts.h"
#include "runtime/model/cuts/regions.h"
#include "runtime/model/cuts/shorten.h"
#include "runtime/model/graph/cancellation_scope.h"
#include "runtime/model/graph/complaint.h"
#include "runtime/model/graph/input_fault.h"
#include "runtime/model/graph/signature.h"
#include "runtime/model/graph/torch_device.h"
#include "runtime/model/graph/torch_settings.h"
#include "runtime/model/kernels/call.h"
#include "runtime/model/kernels/fp16_tensors.h"
#include "runtime/model/kernels/library.h"
#include "runtime/model/rows/rows.h"
#include "runtime/model/script/graph_form.h"
#include "runtime/model/script/layer_name.h"
#include "runtime/model/script/script.h"
#include "runtime/model/script/torch_tensor.h"
#include "runtime/model/script/weights.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace tideline::model {

namespace {

// Number of probed cuts from one meeting point of pieces to the next. Switching pieces takes microseconds.
constexpr std::uint32_t kBlock = 8;

}  // namespace

struct Network::State {
  // Constant once other threads can see the network.
  script::Script script;
  std::vector<torch::jit::Node*> operators;
  std::vector<cuts::ProbedCut> probed;  // As far as they are loaded.
  std::vector<Cut> cuts;
  std::vector<cuts::Region> undivided;

  std::mutex m;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<const cuts::Piece>> pieces;  // Guarded by m.

  // Returns the pieces from one probed cut to a later one, in order. Pieces meet at places that all ranges share. So
  // with every range built, each operator is in at most about kBlock pieces instead of one per cut.
  std::vector<std::shared_ptr<const cuts::Piece>> between(std::uint32_t from, std::uint32_t to) {
    std::vector<std::shared_ptr<const cuts::Piece>> found;
    for (std::uint32_t next = 0; from < to; from = next) {
      next = std::min(to, (from / kBlock + 1) * kBlock);
      found.push_back(piece(from, next));
    }
    return found;
  }

  // Returns the piece, built on first use. Holds the lock while building, never while running.
  std::shared_ptr<const cuts::Piece> piece(std::uint32_t from, std::uint32_t to) {
    const std::lock_guard lock(m);
    auto& slot = pieces[{from, to}];
    if (!slot) slot = std::make_shared<const cuts::Piece>(operators, probed[from].candidate, probed[to].candidate);
    return slot;
  }
};

namespace {

std::string name_before(const std::vector<torch::jit::Node*>& operators, std::size_t position) {
  return position == 0 ? "input" : script::layer_name(*operators[position - 1], position - 1);
}

std::vector<Cut> describe(const std::vector<torch::jit::Node*>& operators, const std::vector<cuts::ProbedCut>& probed,
                          const std::vector<TensorSpec>& inputs, const std::vector<std::string>& outputs) {
  const auto before = script::weights_before(operators);
  const auto after = script::weights_after(operators);
  const auto held = script::held_before(operators);
  std::vector<Cut> cuts;
  for (const cuts::ProbedCut& at : probed) {
    const std::size_t position = at.candidate.position;
    Cut& cut = cuts.emplace_back();
    cut.name = at.candidate.layer.empty() ? name_before(operators, position) : at.candidate.layer;
    cut.tensors = at.tensors;
    cut.head_parameters = {before[position]};
    cut.tail_parameters = {after[position]};
    cut.head_memory = {held[position] + at.memory};
  }
  cuts.front().tensors = inputs;
  cuts.back().name = "output";
  for (std::size_t i = 0; i < cuts.back().tensors.size(); ++i) cuts.back().tensors[i].name = outputs[i];
  number_and_compare(cuts);
  return cuts;
}

// Returns the strides of a tensor whose first size is larger than in the probe: unchanged if the first size was
// outermost, otherwise row-major.
std::vector<std::int64_t> repeated(std::vector<std::int64_t> strides, const std::vector<std::int64_t>& shape) {
  if (shape.empty()) return strides;
  std::int64_t row = 1;
  for (std::size_t i = shape.size(); i-- > 1;) row *= shape[i];
  const bool outermost = shape.front() == 1 || strides.front() == row;
  strides.front() = row;
  if (outermost) return strides;
  for (std::size_t i = 1; i < shape.size(); ++i) strides[i] = strides[i - 1] / shape[i];
  return strides;
}

cuts::Strides strides_of(const cuts::ProbedCut& at, std::int64_t batch, std::int64_t times) {
  if (times == 1) return batch == 1 || at.batch_strides.empty() ? at.strides : at.batch_strides;
  cuts::Strides strides;
  for (std::size_t i = 0; i < at.strides.size(); ++i) strides.push_back(repeated(at.strides[i], at.tensors[i].shape));
  return strides;
}

// Returns the batch if it varies, otherwise one.
std::int64_t batch_of(const cuts::ProbedCut& at, Span<const Tensor> in) {
  return at.batch_strides.empty() ? 1 : in.front().shape().front();
}

// Returns tensors that the piece may keep: on its device, with the type and strides that the whole network has there.
// Where the piece writes, they never share the caller's memory.
std::vector<at::Tensor> admit(const cuts::Piece& piece, const cuts::ProbedCut& at, Span<const Tensor> in,
                              std::int64_t times, at::Device device) {
  const cuts::Strides strides = strides_of(at, batch_of(at, in), times);
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto given = script::to_torch(in[i]).to(device);
    if (at.quantised[i]) {
      tensors.push_back(quantised(given, strides[i], *at.quantised[i]));
      continue;
    }
    const auto tensor = at.narrowed[i] ? kernels::in_type(given, *at.narrowed[i]) : given;  // Exact: it was so before.
    const bool as_it_is = tensor.strides() == at::IntArrayRef(strides[i]) && !piece.writes_to(i);
    tensors.push_back(as_it_is ? tensor : script::copy_with_strides(tensor, strides[i]));
  }
  return tensors;
}

// Converts once, because oneDNN generates and keeps code for every shape that it reorders.
void turn_once(const cuts::ProbedCut& at) {
  for (std::size_t i = 0; i < at.tensors.size(); ++i) {
    const Shape shape = at_batch(at.tensors[i], 1).shape;
    const auto type = at.narrowed[i].value_or(script::to_torch(at.tensors[i].dtype));
    const auto lying = at::empty_strided(shape, at.strides[i], at::TensorOptions(type));
    if (!lying.is_contiguous()) script::copy_with_strides(script::row_major(lying), at.strides[i]);
  }
}

// The number of rows: the variable batch, or a multiple of the probed first size.
struct Rows {
  std::int64_t batch;
  std::int64_t times;
};

bool as_learned(const Tensor& tensor, const TensorSpec& spec, const Rows& rows) {
  Shape shape = spec.shape;
  if (!shape.empty()) shape[0] = any_batch(spec) ? rows.batch : shape[0] * rows.times;
  return tensor.dtype() == spec.dtype && tensor.shape() == shape;
}

Result<std::vector<Tensor>> release(const cuts::ProbedCut& at, const Rows& rows, std::vector<at::Tensor> tensors) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const bool widens = at.narrowed[i] && tensors[i].scalar_type() == *at.narrowed[i];
    const bool is_quantised = tensors[i].is_quantized();
    const bool as_it_was =
        at.quantised[i] == (is_quantised ? std::optional(graph::quantisation_of(tensors[i])) : std::nullopt);
    const auto plain = script::row_major(is_quantised ? graph::numbers_of(tensors[i]) : tensors[i]);
    out.push_back(script::from_torch((widens ? plain.to(at::kFloat) : plain).cpu()));
    const bool fits = as_learned(out.back(), at.tensors[i], rows);
    if (as_it_was && fits) continue;
    return error(
        ErrorKind::internal,
        "the network returned {}[{}], but {}[{}] when it was loaded: its {} depend on its data, so it cannot be cut",
        name(out.back().dtype()), fmt::join(out.back().shape(), ","), name(at.tensors[i].dtype),
        fmt::join(at.tensors[i].shape, ","), fits ? "scales" : "shapes");
  }
  return out;
}

// Returns zeros in place of the inputs of `count` requests.
std::vector<at::Tensor> zeros_of(const cuts::ProbedCut& at, std::int64_t rows, std::int64_t count, at::Device device) {
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < at.tensors.size(); ++i) {
    TensorSpec spec = at_batch(at.tensors[i], rows);
    if (!spec.shape.empty()) spec.shape[0] *= count;
    const auto tensor = script::zeros(spec).to(device);
    if (at.quantised[i])
      tensors.push_back(quantised(tensor, tensor.strides().vec(), *at.quantised[i]));
    else
      tensors.push_back(at.narrowed[i] ? tensor.to(*at.narrowed[i]) : tensor);
  }
  return tensors;
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::~Network() {
  state_.reset();
  return_freed_memory();
}

const std::vector<Cut>& Network::cuts() const {
  return state_->cuts;
}

const std::vector<cuts::Region>& Network::undivided() const {
  return state_->undivided;
}

const std::vector<std::string>& Network::defaults() const {
  return state_->script.defaults;
}

const std::string& Network::inputs_json() const {
  return state_->script.inputs_json;
}

const std::string& Network::image_json() const {
  return state_->script.image_json;
}

KernelChoice Network::kernels() const {
  return state_->script.kernels;
}

Result<std::unique_ptr<Network>> Network::load(const std::string& file, const graph::ComputeOptions& options,
                                               const AskInputs& ask_inputs) {
  const graph::LoadingMemory memory;
  const auto device = graph::find_device(options.device);
  if (!device) return device.error();
  // Before libtorch may prepare XNNPACK itself, without counting its memory.
  if (const auto kernels = kernels::settle(options.kernels, options.precision); !kernels) return kernels.error();
  auto script = script::read_script(file);
  if (!script) return script.error();
  script->device = *device;
  const auto inputs = ask_inputs(script->inputs_json, graph::input_names(*script->graph));
  if (!inputs) return inputs.error();
  if (auto fast = bring_into(script::GraphForm::fast, *inputs, options, *script); !fast) return fast.error();
  auto state = std::make_unique<State>();
  state->script = std::move(*script);
  state->operators = script::operators_of(*state->script.graph);
  auto candidates = script::find_candidates(state->script.graph, state->operators);
  if (!state->script.lowered_cuts.empty()) keep_lowered(state->script.lowered_cuts, candidates);
  auto probed = cuts::probe_cuts(state->operators, candidates, *inputs, state->script);
  if (!probed) return probed.error();
  state->probed = std::move(*probed);
  state->cuts = describe(state->operators, state->probed, *inputs, state->script.outputs);
  state->undivided = cuts::find_regions(state->operators, candidates);
  return std::unique_ptr<Network>(new Network(std::move(state)));
}

void Network::name_outputs(const std::vector<std::string>& names) {
  std::vector<TensorSpec>& outputs = state_->cuts.back().tensors;
  for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i].name = names[i];
}

void Network::keep_head(std::uint32_t end) {
  cuts::shorten(*state_->script.graph, state_->operators, state_->probed[end].candidate);
  state_->probed.resize(end + 1);
  kernels::onednn::forget_working_memory();  // It was sized for the whole network.
}

void Network::build_cuts() {
  const graph::LoadingMemory memory;
  if (state_->script.device.is_cpu())
    for (const cuts::ProbedCut& cut : state_->probed) turn_once(cut);
  const auto last = static_cast<std::uint32_t>(state_->probed.size() - 1);
  for (std::uint32_t cut = 0; cut <= last; ++cut) {
    const std::uint32_t block = cut / kBlock * kBlock;
    state_->between(block, cut);
    state_->between(cut, std::min(last, block + kBlock));
  }
  return_freed_memory();
}

Result<std::vector<Tensor>> Network::run(std::uint32_t from, std::uint32_t to, Span<const Tensor> in,
                                         std::int64_t times) const {
  try {
    graph::keep_to_torch_threads();
    const c10::InferenceMode inference;
    const auto pieces = state_->between(from, to);
    const cuts::ProbedCut& start = state_->probed[from];
    auto tensors = pieces.front()->run(admit(*pieces.front(), start, in, times, state_->script.device));
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      graph::end_if_unwanted();
      tensors = run_on_copies(*pieces[i], std::move(tensors));
    }
    return release(state_->probed[to], {batch_of(start, in), times}, std::move(tensors));
  } catch (const std::exception& thrown) {
    const std::string why = graph::complaint(thrown);
    if (graph::is_of_input(why))
      return error(ErrorKind::invalid, "the network does not accept these numbers (between cut {} and cut {}): {}",
                   from, to, why);
    return error(ErrorKind::internal, "libtorch failed between cut {} and cut {}: {}", from, to, why);
  }
}

Result<void> Network::keeps_apart(std::uint32_t from, std::uint32_t to, std::int64_t rows, std::int64_t count) const {
  try {
    graph::keep_to_torch_threads();
    const c10::InferenceMode inference;
    const cuts::ProbedCut &start = state_->probed[from], &end = state_->probed[to];
    return rows::rows_are_apart(state_->operators, start.candidate, end.candidate,
                                zeros_of(start, rows, count, state_->script.device), count);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::internal, "libtorch failed between cut {} and cut {}: {}", from, to,
                 graph::complaint(thrown));
  }
}

}  // namespace tideline::model
