#include "runtime/model/cuts/probe_cuts.h"

#include "runtime/model/cuts/cut_probe.h"
#include "runtime/model/graph/complaint.h"
#include "runtime/model/script/torch_tensor.h"

#include <c10/core/InferenceMode.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace tideline::cuts {
namespace {

std::string text_of(const graph::RawSpec& spec) {
  return fmt::format("{}[{}]", name(spec.dtype), fmt::join(spec.shape, ","));
}

std::string list(const std::vector<graph::RawSpec>& specs) {
  std::string text;
  for (const auto& spec : specs) text += (text.empty() ? "" : ", ") + text_of(spec);
  return text;
}

bool varies(const graph::RawSpec& spec) {
  return !spec.shape.empty() && spec.shape[0] == kAnyBatch;
}

std::vector<graph::RawSpec> at_batch(std::vector<graph::RawSpec> specs, std::int64_t batch) {
  for (graph::RawSpec& spec : specs) {
    if (varies(spec)) spec.shape[0] = batch;
  }
  return specs;
}

Result<std::vector<CutProbe>> look_at_zeros(const ProbeRun& path, const std::vector<graph::RawSpec>& inputs) {
  try {
    return path.look(inputs, script::zeros);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::invalid, "the network does not accept {} ({}); give the right type and shape with --input",
                 list(inputs), graph::complaint(thrown));
  }
}

// Runs on other numbers than zeros: a tensor whose shape then differs depends on the data. Returns nothing if the
// network does not accept these numbers, which is no fault of the network.
std::vector<CutProbe> look_at_numbers(const ProbeRun& path, const std::vector<graph::RawSpec>& inputs) {
  try {
    return path.look(inputs, script::numbers);
  } catch (const std::exception&) {
    return {};
  }
}

// What the runs show at each remaining candidate.
struct Views {
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
Result<Views> look(const ProbeRun& path, const std::vector<graph::RawSpec>& inputs) {
  if (auto first = look_at_zeros(path, at_batch(inputs, 1)); !first) return first.error();
  auto zeros = look_at_zeros(path, at_batch(inputs, 1));
  if (!zeros) return zeros.error();
  Views views{std::move(*zeros), look_at_numbers(path, at_batch(inputs, 1)), {}, {}};
  if (std::none_of(inputs.begin(), inputs.end(), varies)) return views;
  auto two = look_at_zeros(path, at_batch(inputs, 2));
  if (!two) return two.error();
  auto three = look_at_zeros(path, at_batch(inputs, 3));
  if (!three) return three.error();
  views.two = std::move(*two);
  views.three = std::move(*three);
  return views;
}

Result<void> check_outputs(const Views& views) {
  const CutProbe& outputs = views.zeros.back();
  if (!outputs.obstacle.empty()) {
    return error(ErrorKind::invalid,
                 "output {} {}, so it is not a plain tensor; let forward() return dense tensors of numbers",
                 outputs.tensors.size(), outputs.obstacle);
  }
  if (!views.numbers.empty() && !same_shapes(outputs, views.numbers.back())) {
    return error(ErrorKind::invalid,
                 "it returns {} for zeros and {} for other numbers: its shapes depend on its data, so it can be "
                 "neither cut nor served",
                 list(outputs.tensors), list(views.numbers.back().tensors));
  }
  if (views.obstacle(views.zeros.size() - 1).empty()) return {};
  return error(ErrorKind::invalid,
               "it returns {} for a batch of two: the batch is not the first size of every output; give a fixed batch "
               "with --input",
               list(views.two.back().tensors));
}

ProbedCut landing(const script::CutCandidate& seam, const Views& views, std::size_t i, const script::Script& script) {
  const CutProbe& zeros = views.zeros[i];
  ProbedCut landing{seam, zeros.tensors, zeros.strides, {}, zeros.quantised, {}};
  std::uint64_t alive = zeros.alive;
  for (std::size_t at = 0; at < seam.live.size(); ++at) {
    landing.narrowed.push_back(script.narrowed.count(seam.live[at]) > 0);
    if (!landing.narrowed.back()) continue;
    landing.tensors[at].dtype = DType::fp32;
    alive += 2 * zeros.bytes[at];
  }
  landing.memory = std::max(alive, zeros.most);
  if (views.two.empty()) return landing;
  landing.batch_strides = views.two[i].strides;
  for (graph::RawSpec& spec : landing.tensors) spec.shape[0] = kAnyBatch;
  return landing;
}

void add(std::vector<ProbedCut>& landings, ProbedCut next) {
  if (!landings.empty()) next.memory = std::max(next.memory, landings.back().memory);
  landings.push_back(std::move(next));
}

}  // namespace

Result<std::vector<ProbedCut>> probe_cuts(const std::vector<torch::jit::Node*>& operators,
                                          std::vector<script::CutCandidate>& seams,
                                          const std::vector<graph::RawSpec>& inputs, const script::Script& script) {
  const c10::InferenceMode inference;
  const auto views = look(ProbeRun(operators, seams, script.device), inputs);
  if (!views) return views.error();
  if (auto plain = check_outputs(*views); !plain) return plain.error();
  std::vector<ProbedCut> landings;
  std::size_t at = 0;
  for (script::CutCandidate& seam : seams) {
    if (!seam.obstacle.empty()) continue;
    seam.obstacle = views->obstacle(at);
    if (seam.obstacle.empty()) add(landings, landing(seam, *views, at, script));
    ++at;
  }
  return landings;
}

}  // namespace tideline::cuts
