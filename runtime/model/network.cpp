#include "runtime/model/network.h"

#include "runtime/model/complaint.h"
#include "runtime/model/layer_name.h"
#include "runtime/model/piece.h"
#include "runtime/model/script.h"
#include "runtime/model/signature.h"
#include "runtime/model/torch_settings.h"
#include "runtime/model/torch_tensor.h"
#include "runtime/model/walk.h"
#include "runtime/model/weights.h"

#include <c10/core/InferenceMode.h>
#include <fmt/ranges.h>
#include <malloc.h>

#include <map>
#include <mutex>
#include <utility>

namespace tideline {

struct Network::State {
  // Constant after construction.
  Script script;
  std::vector<torch::jit::Node*> operators;
  std::vector<Landing> landings;
  std::vector<Site> sites;

  std::mutex m;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::shared_ptr<const Piece>> pieces;  // Guarded by m.

  // Returns the piece, built on first use. The lock is held while building, never while running.
  std::shared_ptr<const Piece> piece(std::uint32_t from, std::uint32_t to) {
    const std::lock_guard lock(m);
    auto& slot = pieces[{from, to}];
    if (!slot) slot = std::make_shared<const Piece>(operators, landings[from].seam, landings[to].seam);
    return slot;
  }
};

namespace {

std::string name_before(const std::vector<torch::jit::Node*>& operators, std::size_t position) {
  return position == 0 ? "input" : layer_name(*operators[position - 1], position - 1);
}

std::vector<Site> describe(const std::vector<torch::jit::Node*>& operators, std::vector<Landing>& landings,
                           const std::vector<RawSpec>& inputs) {
  const auto before = weights_before(operators);
  const auto after = weights_after(operators);
  std::vector<Site> sites;
  for (const auto& landing : landings) {
    const auto at = landing.seam.position;
    sites.push_back({name_before(operators, at), landing.tensors, before[at], after[at]});
  }
  sites.front().tensors = inputs;
  sites.back().name = "output";
  for (std::size_t i = 0; i < sites.back().tensors.size(); ++i) {
    sites.back().tensors[i].name = "output" + std::to_string(i);
  }
  return sites;
}

// What the piece may keep: in the type and the strides that the whole has there, and never the caller's memory where it
// writes.
std::vector<at::Tensor> admit(const Piece& piece, const Landing& at, const std::vector<RawTensor>& in) {
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto given = to_torch(in[i]);
    const auto tensor = at.narrowed[i] ? given.to(at::kBFloat16) : given;  // Exact where it has been bf16 before.
    const bool as_it_is = tensor.strides() == at::IntArrayRef(at.strides[i]) && !piece.writes_to(i);
    tensors.push_back(as_it_is ? tensor : copy_with_strides(tensor, at.strides[i]));
  }
  return tensors;
}

Result<std::vector<RawTensor>> release(const Landing& at, std::vector<at::Tensor> tensors) {
  std::vector<RawTensor> out;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const bool widens = at.narrowed[i] && tensors[i].scalar_type() == at::kBFloat16;
    const auto plain = row_major(tensors[i]);
    out.push_back(from_torch(widens ? plain.to(at::kFloat) : plain));
    if (out.back().shape == at.tensors[i].shape && out.back().dtype == at.tensors[i].dtype) continue;
    return error(ErrorKind::internal,
                 "the network gave {}[{}] where it gave {}[{}] for zeros: its shapes depend on its "
                 "data, so it cannot be cut",
                 name(out.back().dtype), fmt::join(out.back().shape, ","), name(at.tensors[i].dtype),
                 fmt::join(at.tensors[i].shape, ","));
  }
  return out;
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::~Network() = default;

const std::vector<Site>& Network::sites() const {
  return state_->sites;
}

Result<std::unique_ptr<const Network>> Network::load(const std::string& file, Precision precision,
                                                     const AskInputs& ask_inputs) {
  keep_memory();
  auto script = read_script(file, Form::fast, precision);
  if (!script) return script.error();
  const auto inputs = ask_inputs(script->inputs_json, input_names(*script->graph));
  if (!inputs) return inputs.error();
  auto state = std::make_unique<State>();
  state->script = std::move(*script);
  state->operators = operators_of(*state->script.graph);
  auto landings =
      walk(state->operators, find_seams(state->script.graph, state->operators), *inputs, state->script.narrowed);
  if (!landings) return landings.error();
  state->landings = std::move(*landings);
  state->sites = describe(state->operators, state->landings, *inputs);
  malloc_trim(0);  // Reading and optimising left the weights' former homes behind as free memory.
  return std::unique_ptr<const Network>(new Network(std::move(state)));
}

Result<std::vector<RawTensor>> Network::run(std::uint32_t from, std::uint32_t to,
                                            const std::vector<RawTensor>& in) const {
  try {
    const c10::InferenceMode inference;
    const auto piece = state_->piece(from, to);
    return release(state_->landings[to], piece->run(admit(*piece, state_->landings[from], in)));
  } catch (const std::exception& thrown) {
    return error(ErrorKind::internal, "libtorch failed between cut {} and cut {}: {}", from, to, complaint(thrown));
  }
}

}  // namespace tideline
