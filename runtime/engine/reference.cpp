#include "runtime/engine/reference.h"

#include "runtime/base/outputs.h"

#include <utility>

namespace tideline::engine {

Result<Reference> Reference::of(const model::Model& model, SampleInputs inputs,
                                std::optional<task::Detector> detector) {
  Reference reference(std::move(inputs), detector);
  for (std::uint32_t i = 0; i < reference.inputs_.size(); ++i) {
    Input input = reference.inputs_.at(i);
    const auto tensors = input.tensors();
    if (!tensors) return tensors.error();
    auto answer = model.run(model.whole(), *tensors);
    if (!answer) return answer.error();
    reference.answers_.push_back(*std::move(answer));
  }
  return reference;
}

Result<void> Reference::Sum::add(std::uint32_t i, std::span<const Tensor> outputs) {
  const std::vector<Tensor>& wanted = reference_.answers_[i];
  if (const auto fits = check_outputs(specs_of(wanted), specs_of(outputs)); !fits)
    return error(ErrorKind::internal, "the outputs do not have the form of the whole network's in fp32: {}",
                 fits.error().message);
  if (auto scored = score_.add(wanted, outputs, reference_.inputs_.classes(i)); !scored) return scored;
  comparison_.add(wanted, outputs);
  return {};
}

plan::Agreement Reference::Sum::agreement() const {
  plan::Agreement agreement = comparison_.agreement();
  agreement.accuracy = score_.accuracy();
  agreement.boxes = score_.boxes();
  return agreement;
}

Result<plan::Agreement> Reference::compare(const Answer& answer) const {
  Sum sum(*this);
  for (std::uint32_t i = 0; i < size(); ++i) {
    const auto given = answer(input(i));
    if (!given) return given.error();
    if (const auto added = sum.add(i, *given); !added) return added.error();
  }
  return sum.agreement();
}

}  // namespace tideline::engine
