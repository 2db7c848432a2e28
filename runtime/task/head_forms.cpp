#include "runtime/task/head_forms.h"

#include "runtime/task/centernet.h"
#include "runtime/task/finished_boxes.h"
#include "runtime/task/nanodet.h"
#include "runtime/task/yolo.h"

#include <algorithm>
#include <array>

namespace tideline::task {
namespace {

// Rows of finished boxes look like YOLOv5's with one class, but are fewer: they come last.
constexpr std::array kForms{
    HeadForm{Head::yolov5, "yolov5", yolov5_classes, yolov5_boxes},
    HeadForm{Head::yolov8, "yolov8", yolov8_classes, yolov8_boxes},
    HeadForm{Head::nanodet, "nanodet", nanodet_classes, nanodet_boxes},
    HeadForm{Head::centernet, "centernet", centernet_classes, centernet_boxes},
    HeadForm{Head::boxes, "boxes", finished_classes, finished_boxes},
};

}  // namespace

std::span<const HeadForm> head_forms() {
  return kForms;
}

const HeadForm& form_of(Head head) {
  return *std::ranges::find(kForms, head, &HeadForm::head);
}

}  // namespace tideline::task
