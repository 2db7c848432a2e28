#include "runtime/model/cuts/probe_cuts.h"

#include "runtime/model/cuts/cut_probe.h"
#include "runtime/model/graph/complaint.h"
#include "runtime/model/script/torch_tensor.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace tideline::cuts {
namespace {

std::string list(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const auto& spec : specs) text += (text.empty() ? "" : ", ") + to_string(spec);
  return text;
}

Result<std::vector<CutProbe>> probe_on_zeros(const ProbeRun& run, const std::vector<TensorSpec>& inputs) {
  try {
    return run.probe(inputs, script::zeros);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "the network does not accept {} ({}); give the right type and shape with --input",
                 list(inputs), graph::complaint(thrown));
  }
}

// Runs on other numbers than zeros: a tensor whose shape then differs depends on the data. Returns nothing if the
// network does not accept these numbers, which is no fault of the network.
std::vector<CutProbe> probe_on_numbers(const ProbeRun& run, const std::vector<TensorSpec>& inputs) {
  try {
    return run.probe(inputs, script::numbers);
  } catch (const std::exception&) {
    return {};
  }
}

// What the runs show at each remaining candidate.
struct Probes {
  std::vector<CutProbe> zeros, numbers;  // `numbers` may be empty.
  std::vector<CutProbe> two, three;      // For a variable batch; otherwise empty.
  std::string obstacle(std::size_t i) const {
    if (!zeros[i].obstacle.empty()) return "a live tensor " + zeros[i].obstacle;
    if (!numbers.empty() && !same_shapes(zeros[i], numbers[i])) return "the shape of a live tensor depends on the data";
    if (!numbers.empty() && !same_scales(zeros[i], numbers[i])) return "the scale of a live tensor depends on the data";
    if (!two.empty() && !batch_is_first(zeros[i], two[i], three[i])) {
      return "the batch is not the first size of every live tensor";
    }
    return {};
  }
};

// The first run also reorders weights, which takes memory of its own; only the next run shows what a run needs.
Result<Probes> probe(const ProbeRun& run, const std::vector<TensorSpec>& inputs) {
  if (auto first = probe_on_zeros(run, at_batch(inputs, 1)); !first) return first.error();
  auto zeros = probe_on_zeros(run, at_batch(inputs, 1));
  if (!zeros) return zeros.error();
  Probes probes{std::move(*zeros), probe_on_numbers(run, at_batch(inputs, 1)), {}, {}};
  if (std::none_of(inputs.begin(), inputs.end(), any_batch)) return probes;
  auto two = probe_on_zeros(run, at_batch(inputs, 2));
  if (!two) return two.error();
  auto three = probe_on_zeros(run, at_batch(inputs, 3));
  if (!three) return three.error();
  probes.two = std::move(*two);
  probes.three = std::move(*three);
  return probes;
}

Result<void> check_outputs(const Probes& probes) {
  const CutProbe& outputs = probes.zeros.back();
  if (!outputs.obstacle.empty()) {
    return error(ErrorKind::invalid,
                 "output {} {}, so it is not a plain tensor; let forward() return dense tensors of numbers",
                 outputs.tensors.size(), outputs.obstacle);
  }
  if (!probes.numbers.empty() && !same_shapes(outputs, probes.numbers.back())) {
    return error(ErrorKind::invalid,
                 "it returns {} for zeros and {} for other numbers: its shapes depend on its data, so it can be "
                 "neither cut nor served",
                 list(outputs.tensors), list(probes.numbers.back().tensors));
  }
  if (probes.obstacle(probes.zeros.size() - 1).empty()) return {};
  return error(ErrorKind::invalid,
               "it returns {} for a batch of two: the batch is not the first size of every output; give a fixed batch "
               "with --input",
               list(probes.two.back().tensors));
}

ProbedCut probed_cut(const script::CutCandidate& candidate, const Probes& probes, std::size_t i,
                     const script::Script& script) {
  const CutProbe& zeros = probes.zeros[i];
  ProbedCut cut{candidate, zeros.tensors, zeros.strides, {}, zeros.quantised, {}};
  std::uint64_t alive = zeros.alive;
  for (std::size_t at = 0; at < candidate.live.size(); ++at) {
    cut.narrowed.emplace_back();
    if (script.narrowed.count(candidate.live[at]) == 0) continue;
    cut.narrowed.back() = script.narrow_type;
    cut.tensors[at].dtype = DType::fp32;
    alive += 2 * zeros.bytes[at];
  }
  cut.memory = std::max(alive, zeros.most);
  if (probes.two.empty()) return cut;
  cut.batch_strides = probes.two[i].strides;
  for (TensorSpec& spec : cut.tensors) spec.shape[0] = kAnyBatch;
  return cut;
}

void add(std::vector<ProbedCut>& cuts, ProbedCut next) {
  if (!cuts.empty()) next.memory = std::max(next.memory, cuts.back().memory);
  cuts.push_back(std::move(next));
}

}  // namespace

Result<std::vector<ProbedCut>> probe_cuts(const std::vector<torch::jit::Node*>& operators,
                                          std::vector<script::CutCandidate>& candidates,
                                          const std::vector<TensorSpec>& inputs, const script::Script& script) {
  const c10::InferenceMode inference;
  const auto probes = probe(ProbeRun(operators, candidates, script.device), inputs);
  if (!probes) return probes.error();
  if (auto plain = check_outputs(*probes); !plain) return plain.error();
  std::vector<ProbedCut> cuts;
  std::size_t at = 0;
  for (script::CutCandidate& candidate : candidates) {
    if (!candidate.obstacle.empty()) continue;
    candidate.obstacle = probes->obstacle(at);
    if (candidate.obstacle.empty()) add(cuts, probed_cut(candidate, *probes, at, script));
    ++at;
  }
  return cuts;
}

}  // namespace tideline::cuts
