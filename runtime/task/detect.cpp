#include "runtime/task/detect.h"

#include "runtime/base/outputs.h"
#include "runtime/task/head_forms.h"
#include "runtime/task/suppression.h"

#include <algorithm>

namespace tideline::task {
namespace {

bool is_fraction(float number) {
  return number >= 0 && number <= 1;
}

// Returns the best boxes, in the order in which they came. Of equal scores, the first ones are better.
std::vector<Box> best_candidates(std::vector<Box> boxes) {
  if (boxes.size() <= kMostCandidates) return boxes;
  std::ranges::stable_sort(boxes, [](const Box& a, const Box& b) { return a.score > b.score; });
  boxes.resize(kMostCandidates);
  return boxes;
}

// Returns invalid unless every output has images, as many as the first, and one with that number.
Result<void> check_image(std::span<const Tensor> outputs, std::size_t image) {
  const std::int64_t images = outputs[0].shape()[0];
  const bool same = std::ranges::all_of(outputs, [=](const Tensor& one) { return one.shape()[0] == images; });
  if (same && images > 0 && image < static_cast<std::size_t>(images)) return {};
  return error(ErrorKind::invalid, "there is no image {} in outputs whose batch is {}; ask for an image of the batch",
               image, images);
}

}  // namespace

Result<void> check(const DetectOptions& options) {
  if (!is_fraction(options.min_score))
    return error(ErrorKind::invalid, "a least score of {} is impossible; choose one between 0 and 1",
                 options.min_score);
  if (!is_fraction(options.max_overlap))
    return error(ErrorKind::invalid, "an overlap of {} at most is impossible; choose one between 0 and 1",
                 options.max_overlap);
  if (options.most < 1 || options.most > kMostBoxes)
    return error(ErrorKind::invalid, "{} boxes per image are too {}; choose between 1 and {}", options.most,
                 options.most < 1 ? "few" : "many", kMostBoxes);
  return {};
}

Result<std::vector<Box>> detect(const Detector& detector, std::span<const Tensor> outputs, std::size_t image,
                                const DetectOptions& options) {
  if (const Result<void> good = check(options); !good) return good.error();
  const std::vector<TensorSpec> specs = specs_of(outputs);
  const Result<Detector> same = fit_head(detector.head, {specs, detector.width, detector.height, detector.classes});
  if (!same) return same.error();
  if (const Result<void> good = check_image(outputs, image); !good) return good.error();
  std::vector<Box> boxes = form_of(detector.head).boxes({*same, outputs, image, options.min_score});
  return without_overlaps(best_candidates(std::move(boxes)), options.max_overlap, options.most);
}

}  // namespace tideline::task
