#include "runtime/engine/reference.h"

#include "runtime/engine/comparison.h"

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

bool same_form(std::span<const Tensor> a, std::span<const Tensor> b) {
  const auto same = [](const Tensor& x, const Tensor& y) { return x.dtype() == y.dtype() && x.shape() == y.shape(); };
  return std::ranges::equal(a, b, same);
}

}  // namespace

Result<Reference> Reference::of(const Model& model, Sample sample) {
  Reference reference({model.inputs().begin(), model.inputs().end()}, sample);
  for (std::uint32_t i = 0; i < sample.inputs; ++i) {
    auto answer = model.run(model.whole(), reference.input(i));
    if (!answer) return answer.error();
    reference.answers_.push_back(*std::move(answer));
  }
  return reference;
}

Result<Agreement> Reference::compare(const Answer& answer) const {
  Comparison comparison;
  for (std::uint32_t i = 0; i < sample_.inputs; ++i) {
    const auto given = answer(input(i));
    if (!given) return given.error();
    if (!same_form(answers_[i], *given))
      return error(ErrorKind::internal, "the answer has another form than that of the whole network in fp32");
    comparison.add(answers_[i], *given);
  }
  return comparison.agreement();
}

}  // namespace tideline
