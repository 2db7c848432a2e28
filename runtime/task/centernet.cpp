#include "runtime/task/centernet.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace tideline::task {
namespace {

// One map of an image, row by row.
struct Map {
  std::span<const float> numbers;
  std::size_t width = 0, height = 0;

  float at(std::size_t x, std::size_t y) const { return numbers[y * width + x]; }
};

// Returns map `i` of an output [N,maps,h,w].
Map map_of(const Tensor& tensor, std::size_t image, std::size_t i) {
  const std::size_t width = size_at(tensor, 3), height = size_at(tensor, 2), area = width * height;
  return {numbers_of(tensor, image).subspan(i * area, area), width, height};
}

// Returns true iff no neighbour is higher: the same as a maximum over 3 x 3 cells.
bool is_peak(const Map& heat, std::size_t x, std::size_t y) {
  const float score = heat.at(x, y);
  for (std::size_t row = y - std::min<std::size_t>(y, 1); row <= std::min(y + 1, heat.height - 1); ++row)
    for (std::size_t column = x - std::min<std::size_t>(x, 1); column <= std::min(x + 1, heat.width - 1); ++column)
      if (heat.at(column, row) > score) return false;
  return true;
}

// The maps that hold of all classes.
struct Geometry {
  std::vector<Map> sizes;    // Width and height in cells, or distances of the four sides in pixels.
  std::vector<Map> offsets;  // Of x and y in cells; or none.
  float x_stride = 1, y_stride = 1;
};

std::vector<Map> maps_of(const Tensor& tensor, std::size_t image) {
  std::vector<Map> maps;
  maps.reserve(size_at(tensor, 1));
  for (std::size_t i = 0; i < size_at(tensor, 1); ++i) maps.push_back(map_of(tensor, image, i));
  return maps;
}

Geometry geometry_of(const Outputs& outputs) {
  Geometry geometry{maps_of(outputs.tensors[1], outputs.image), {}};
  if (outputs.tensors.size() > 2) geometry.offsets = maps_of(outputs.tensors[2], outputs.image);
  geometry.x_stride = static_cast<float>(outputs.detector.width) / static_cast<float>(geometry.sizes[0].width);
  geometry.y_stride = static_cast<float>(outputs.detector.height) / static_cast<float>(geometry.sizes[0].height);
  return geometry;
}

// TTFNet measures from the upper left corner of the cell.
Box box_by_sides(const Geometry& of, std::size_t x, std::size_t y, Best best) {
  const float from_x = static_cast<float>(x) * of.x_stride, from_y = static_cast<float>(y) * of.y_stride;
  return {from_x - of.sizes[0].at(x, y),
          from_y - of.sizes[1].at(x, y),
          from_x + of.sizes[2].at(x, y),
          from_y + of.sizes[3].at(x, y),
          best.score,
          best.label};
}

// Without offsets, the object's centre is that of the cell.
Box box_by_size(const Geometry& of, std::size_t x, std::size_t y, Best best) {
  const float centre_x = static_cast<float>(x) + (of.offsets.empty() ? 0.5F : of.offsets[0].at(x, y));
  const float centre_y = static_cast<float>(y) + (of.offsets.empty() ? 0.5F : of.offsets[1].at(x, y));
  const float half_width = of.sizes[0].at(x, y) / 2, half_height = of.sizes[1].at(x, y) / 2;
  return {(centre_x - half_width) * of.x_stride,
          (centre_y - half_height) * of.y_stride,
          (centre_x + half_width) * of.x_stride,
          (centre_y + half_height) * of.y_stride,
          best.score,
          best.label};
}

Box box_at(const Geometry& of, std::size_t x, std::size_t y, Best best) {
  return of.sizes.size() == std::size_t{kSides} ? box_by_sides(of, x, y, best) : box_by_size(of, x, y, best);
}

// Returns true iff that is a map for each of x and y, as large as the heat map; or, if sides are allowed, for each
// side.
bool is_geometry(const TensorSpec& spec, const TensorSpec& heat, bool sides) {
  return is_map(spec, 4) && (spec.shape[1] == 2 || (sides && spec.shape[1] == kSides)) &&
         spec.shape[2] == heat.shape[2] && spec.shape[3] == heat.shape[3];
}

}  // namespace

std::optional<std::size_t> centernet_classes(const Shapes& shapes) {
  const std::span<const TensorSpec> outputs = shapes.outputs;
  if (outputs.size() < 2 || outputs.size() > 3 || !is_map(outputs[0], 4)) return std::nullopt;
  if (!is_geometry(outputs[1], outputs[0], outputs.size() == 2)) return std::nullopt;
  if (outputs.size() == 3 && !is_geometry(outputs[2], outputs[0], false)) return std::nullopt;
  const Shape& heat = outputs[0].shape;
  if (shapes.height % heat[2] != 0 || shapes.width % heat[3] != 0) return std::nullopt;
  return static_cast<std::size_t>(heat[1]);
}

std::vector<Box> centernet_boxes(const Outputs& outputs) {
  const Geometry geometry = geometry_of(outputs);
  Candidates found(outputs.min_score);
  for (std::size_t label = 0; label < outputs.detector.classes; ++label) {
    const Map heat = map_of(outputs.tensors[0], outputs.image, label);
    for (std::size_t y = 0; y < heat.height; ++y)
      for (std::size_t x = 0; x < heat.width; ++x)
        if (found.admits(heat.at(x, y)) && is_peak(heat, x, y))
          found.add(box_at(geometry, x, y, {heat.at(x, y), static_cast<std::int32_t>(label)}));
  }
  return std::move(found).take();
}

}  // namespace tideline::task
