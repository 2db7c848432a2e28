#include "runtime/http/vision.h"

#include "runtime/image/file.h"
#include "runtime/image/prepare.h"
#include "runtime/task/detect.h"

#include <limits>

namespace tideline::http {
namespace {

// The engine has decoded the image already, within its own limits.
constexpr image::Limits kNoMoreLimits{std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max()};

// What the network returned does not fit what was found when it was loaded: the client is not at fault.
Error our_fault(const Error& why) {
  return error(ErrorKind::internal, "{}; load the model again", why.message);
}

Result<task::Frame> frame_of(const Tensor& image, const image::Preparation& preparation) {
  const auto header = image::read_header(image.bytes(), kNoMoreLimits);
  if (!header) return header.error();
  const image::Placement at = image::placement(*header, preparation);
  return task::Frame{at.scale_x, at.scale_y, at.offset_x, at.offset_y, at.width, at.height};
}

}  // namespace

bool finds_boxes(const Vision& vision) {
  return vision.preparation && vision.task && vision.task->kind == task::Kind::detect && vision.task->detector;
}

std::span<const std::string> labels_of(const Vision& vision) {
  return vision.task ? std::span<const std::string>(vision.task->labels) : std::span<const std::string>();
}

Result<void> check_classifies(const Vision& vision, std::span<const TensorSpec> outputs) {
  if (!vision.preparation)
    return error(ErrorKind::invalid, "this model takes no images; configure it with --image NAME=PRESET");
  if (finds_boxes(vision))
    return error(ErrorKind::invalid, "this model finds boxes; send the image to /v1/vision/custom/MODEL");
  if (!task::classes_of(outputs.front()))
    return error(ErrorKind::invalid,
                 "this model's first output is {}, which is no classifier's; send the image to "
                 "/v2/models/MODEL/infer",
                 to_string(outputs.front()));
  return {};
}

Result<void> check_finds_boxes(const Vision& vision) {
  if (!vision.preparation)
    return error(ErrorKind::invalid, "this model takes no images; configure it with --image NAME=PRESET");
  if (!finds_boxes(vision))
    return error(ErrorKind::invalid, "this model does not find boxes; configure it with --image NAME.task=detect");
  return {};
}

Result<std::vector<task::Class>> likeliest(std::span<const Tensor> outputs, const Vision& vision, std::size_t most) {
  const auto scores = task::scores_of(outputs.front(), 0);
  if (!scores) return our_fault(scores.error());
  return task::top(task::probabilities(*scores), most, labels_of(vision));
}

Result<std::vector<task::Box>> find_boxes(const Tensor& image, std::span<const Tensor> outputs, const Vision& vision,
                                          float min_score) {
  const auto frame = frame_of(image, *vision.preparation);
  if (!frame) return frame.error();
  auto boxes = task::detect(*vision.task->detector, outputs, 0, {.min_score = min_score});
  if (!boxes) return our_fault(boxes.error());
  for (task::Box& box : *boxes) box = task::to_image(box, *frame);
  std::erase_if(*boxes, [](const task::Box& box) { return box.x_min >= box.x_max || box.y_min >= box.y_max; });
  return boxes;
}

}  // namespace tideline::http
