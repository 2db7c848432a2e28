#include "runtime/model/cuts/cut_probe.h"

#include "runtime/model/kernels/allocation_meter.h"
#include "runtime/model/kernels/call.h"
#include "runtime/model/script/torch_tensor.h"

#include <algorithm>
#include <utility>

namespace tideline::cuts {
namespace {

CutProbe probe_of(const std::vector<std::string>& names, const std::vector<at::Tensor>& tensors, at::Device device,
                  const kernels::AllocationMeter& meter) {
  CutProbe probe;
  probe.alive = meter.now();
  probe.most = meter.most();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    probe.obstacle = script::why_not_shippable(tensors[i], device);
    if (!probe.obstacle.empty()) return probe;
    probe.tensors.push_back(script::spec_of(names[i], tensors[i]));
    const bool is_quantised = tensors[i].is_quantized();
    probe.quantised.push_back(is_quantised ? std::optional(graph::quantisation_of(tensors[i])) : std::nullopt);
    probe.strides.push_back(tensors[i].strides().vec());
    probe.bytes.push_back(tensors[i].nbytes());
    if (!tensors[i].is_contiguous() || is_quantised) probe.alive += probe.bytes.back();
  }
  return probe;
}

// A run makes its outputs dense and contiguous afterwards, so only their type and shape must be known.
void make_dense(std::vector<at::Tensor>& outputs) {
  for (at::Tensor& output : outputs) {
    if (output.layout() == at::kStrided && !output.is_quantized()) output = output.contiguous();
  }
}

// Refuses quantised outputs: as plain numbers they would mean something else to the client.
void refuse_quantised(CutProbe& outputs) {
  const auto is = [](const auto& quantised) { return quantised.has_value(); };
  const auto first = std::find_if(outputs.quantised.begin(), outputs.quantised.end(), is);
  if (first == outputs.quantised.end() || !outputs.obstacle.empty()) return;
  outputs.tensors.resize(static_cast<std::size_t>(first - outputs.quantised.begin()));
  outputs.obstacle = "is quantised";
}

bool leads_with(const CutProbe& probe, std::size_t tensor, std::int64_t batch) {
  const auto& shape = probe.tensors[tensor].shape;
  if (shape.empty() || shape[0] != batch) return false;
  std::int64_t row = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) row *= shape[i];
  return batch == 1 || probe.strides[tensor][0] == row;
}

bool same_rest(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  return a.size() == b.size() && !a.empty() && std::equal(a.begin() + 1, a.end(), b.begin() + 1);
}

}  // namespace

ProbeRun::ProbeRun(const std::vector<torch::jit::Node*>& operators, const std::vector<script::CutCandidate>& candidates,
                   at::Device device)
    : device_(device) {
  const script::CutCandidate* last = nullptr;
  for (const script::CutCandidate& candidate : candidates) {
    if (!candidate.obstacle.empty()) continue;
    auto& names = names_.emplace_back();
    for (const auto* value : candidate.live) names.push_back(value->debugName());
    if (last != nullptr) pieces_.emplace_back(operators, *last, candidate);
    last = &candidate;
  }
}

std::vector<CutProbe> ProbeRun::probe(const std::vector<TensorSpec>& inputs,
                                      at::Tensor (*fill)(const TensorSpec&)) const {
  kernels::onednn::forget_working_memory();  // Makes this run's own need visible.
  const kernels::AllocationMeter meter;
  std::vector<at::Tensor> tensors;
  for (const TensorSpec& input : inputs) tensors.push_back(fill(input).to(device_));
  const auto asked = tensors;  // Keeps the inputs alive to the end, as in a request.
  std::vector<CutProbe> probes{probe_of(names_[0], tensors, device_, meter)};
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    tensors = run_on_copies(pieces_[i], std::move(tensors));
    if (i + 1 == pieces_.size()) make_dense(tensors);
    probes.push_back(probe_of(names_[i + 1], tensors, device_, meter));
    if (i + 1 == pieces_.size()) refuse_quantised(probes.back());
  }
  return probes;
}

bool same_shapes(const CutProbe& a, const CutProbe& b) {
  const auto same = [](const TensorSpec& x, const TensorSpec& y) { return x.dtype == y.dtype && x.shape == y.shape; };
  return a.obstacle == b.obstacle &&
         std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(), same);
}

bool same_scales(const CutProbe& a, const CutProbe& b) {
  return a.quantised == b.quantised;
}

bool batch_is_first(const CutProbe& one, const CutProbe& two, const CutProbe& three) {
  if (two.tensors.size() != one.tensors.size() || three.tensors.size() != one.tensors.size()) return false;
  for (std::size_t i = 0; i < one.tensors.size(); ++i) {
    if (!leads_with(one, i, 1) || !leads_with(two, i, 2) || !leads_with(three, i, 3)) return false;
    const auto& shape = one.tensors[i].shape;
    if (!same_rest(shape, two.tensors[i].shape) || !same_rest(shape, three.tensors[i].shape)) return false;
    if (two.strides[i] != three.strides[i]) return false;
    if (two.quantised[i] != one.quantised[i] || three.quantised[i] != one.quantised[i]) return false;
  }
  return true;
}

}  // namespace tideline::cuts
