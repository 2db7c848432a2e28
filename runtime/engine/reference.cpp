#include "runtime/engine/reference.h"

#include "runtime/base/outputs.h"
#include "runtime/engine/comparison.h"

#include <utility>

namespace tideline::engine {

Result<Reference> Reference::of(const model::Model& model, SampleInputs inputs) {
  Reference reference(std::move(inputs));
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

Result<plan::Agreement> Reference::compare(const Answer& answer) const {
  Comparison comparison;
  for (std::uint32_t i = 0; i < inputs_.size(); ++i) {
    const auto given = answer(inputs_.at(i));
    if (!given) return given.error();
    if (const auto fits = check_outputs(specs_of(answers_[i]), specs_of(*given)); !fits)
      return error(ErrorKind::internal, "the outputs do not have the form of the whole network's in fp32: {}",
                   fits.error().message);
    comparison.add(answers_[i], *given);
  }
  return comparison.agreement();
}

}  // namespace tideline::engine
