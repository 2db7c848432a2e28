#include "runtime/engine/plan_checks.h"

#include "runtime/codec/codec.h"
#include "runtime/engine/comparison.h"
#include "runtime/engine/stream_bytes.h"
#include "runtime/engine/task_score.h"

#include <utility>

namespace tideline::engine {
namespace {

// One plan, and sums over the inputs.
struct Checked {
  plan::Plan plan;
  std::uint64_t bytes = 0;
  Duration encode{}, decode{};
  Comparison comparison;
  TaskScore score;
};

std::vector<Checked> plans_of(const PlanChecks& asked) {
  std::vector<Checked> plans;
  for (const model::Cut& cut : asked.model.cuts().first(asked.model.last_cut())) {
    if (cut.dominated) continue;
    for (const plan::Codec codec : asked.codecs)
      if (is_of_images(codec) == (cut.index == 0 && asked.image != nullptr))
        plans.push_back({{asked.model.digest(), cut.index, codec}, 0, {}, {}, {}, TaskScore(asked.detector)});
  }
  return plans;
}

// Returns the tensors of the cut as the cloud gets them from files.
Result<std::vector<Tensor>> through(Checked& checked, Input& input) {
  const plan::Codec codec = checked.plan.codec;
  const TimePoint began = Clock::now();
  const Result<Tensor> wire = codec::encode_images(codec, input.files(), input.taken());
  if (!wire) return wire.error();
  const TimePoint encoded = Clock::now();
  const std::size_t size = wire->bytes().size();
  Result<Tensor> decoded = codec::decode_images(codec, input.taken(), input.batch(), wire->data(), size);
  if (!decoded) return decoded.error();
  checked.bytes += size;
  checked.encode += encoded - began;
  checked.decode += Clock::now() - encoded;
  return std::vector<Tensor>{*std::move(decoded)};
}

// Returns the tensors of the cut as the cloud gets them from tensors.
Result<std::vector<Tensor>> through(Checked& checked, std::span<const Tensor> crossing) {
  const plan::Codec codec = checked.plan.codec;
  std::vector<Tensor> arrived;
  for (const Tensor& tensor : crossing) {
    const TimePoint began = Clock::now();
    const Tensor wire = codec::encode(codec, tensor);
    const TimePoint encoded = Clock::now();
    const std::size_t size = wire.bytes().size();
    Result<Tensor> decoded = codec::decode(codec, {"", tensor.dtype(), tensor.shape()}, wire.data(), size);
    if (!decoded) return decoded.error();
    checked.bytes += size;
    checked.encode += encoded - began;
    checked.decode += Clock::now() - encoded;
    arrived.push_back(*std::move(decoded));
  }
  return arrived;
}

// Adds input i to the sums.
Result<void> check(const PlanChecks& asked, std::uint32_t i, std::vector<Checked>& plans) {
  const model::Model& model = asked.model;
  Input input = asked.inputs.at(i);
  const std::set<std::uint32_t> classes = asked.inputs.classes(i);
  const auto tensors = input.tensors();
  if (!tensors) return tensors.error();
  const auto wanted = model.run(model.whole(), *tensors);
  if (!wanted) return wanted.error();
  std::uint32_t cut = 0;
  std::vector<Tensor> crossing(tensors->begin(), tensors->end());
  for (Checked& checked : plans) {
    if (checked.plan.cut > cut) {
      auto next = model.run({cut, checked.plan.cut}, crossing);
      if (!next) return next.error();
      crossing = *std::move(next);
      cut = checked.plan.cut;
    }
    const bool image = is_of_images(checked.plan.codec);
    const auto arrived = image ? through(checked, input) : through(checked, crossing);
    if (!arrived) return arrived.error();
    const auto given = model.run(model.tail(cut), *arrived);
    if (!given) return given.error();
    checked.comparison.add(*wanted, *given);
    if (const auto scored = checked.score.add(*wanted, *given, classes); !scored) return scored;
  }
  return {};
}

table::Estimate estimate_of(const PlanChecks& asked, const Checked& checked) {
  const std::uint32_t count = asked.inputs.size();
  table::Estimate estimate{.plan = checked.plan, .cut_name = asked.model.cuts()[checked.plan.cut].name};
  estimate.wire = {checked.bytes / count};
  estimate.mean.encode = checked.encode / count;
  estimate.mean.tail = checked.decode / count;
  estimate.samples = count;
  estimate.agreement = checked.comparison.agreement();
  estimate.agreement->accuracy = checked.score.accuracy();
  estimate.agreement->boxes = checked.score.boxes();
  return estimate;
}

Result<void> add_streams(const PlanChecks& asked, std::vector<table::Estimate>& checked) {
  std::vector<plan::Plan> plans;
  std::vector<table::Estimate*> places;
  for (table::Estimate& one : checked) {
    if (!is_of_steps(one.plan.codec)) continue;
    plans.push_back(one.plan);
    places.push_back(&one);
  }
  const auto bytes = stream_bytes(asked.model, *asked.sequence, plans, asked.on_frame);
  if (!bytes) return bytes.error();
  for (std::size_t i = 0; i < places.size(); ++i) places[i]->stream = (*bytes)[i];
  return {};
}

}  // namespace

Result<std::vector<table::Estimate>> check_plans(const PlanChecks& asked) {
  std::vector<Checked> plans = plans_of(asked);
  for (std::uint32_t i = 0; i < asked.inputs.size(); ++i) {
    if (const auto checked = check(asked, i, plans); !checked) return checked.error();
    if (asked.on_input) asked.on_input(i + 1);
  }
  std::vector<table::Estimate> found;
  found.reserve(plans.size());
  for (const Checked& checked : plans) found.push_back(estimate_of(asked, checked));
  if (asked.sequence)
    if (const auto added = add_streams(asked, found); !added) return added.error();
  return found;
}

}  // namespace tideline::engine
