// Matching: which boxes of one answer another answer has, too.
//
//     const std::size_t kept = matched(boxes_in_fp32, boxes_of_a_plan, 0.5);
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/task/box.h"

#include <cstddef>
#include <span>

namespace tideline::task {

// Returns the area of both boxes over that of either (IoU); 0 if they do not overlap. REQUIRES: both have an area.
double iou(const Box& a, const Box& b);

// Returns how many of the `wanted` boxes have a counterpart in `given`: of the same class, with an IoU of at least
// `least`. Each of `given` is the counterpart of one box at most. Wanted boxes choose in their order, each the box that
// overlaps it most, as PASCAL VOC matches (Everingham et al. 2010, Int. J. Computer Vision 88, 303-338, section 4.4).
std::size_t matched(std::span<const Box> wanted, std::span<const Box> given, double least);

}  // namespace tideline::task
