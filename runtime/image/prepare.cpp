#include "runtime/image/prepare.h"

#include "runtime/image/colours.h"
#include "runtime/image/frame.h"
#include "runtime/image/reduction.h"
#include "runtime/image/resample.h"
#include "runtime/image/turning.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tideline::image {
namespace {

// How an image was decoded: at which part of its size.
struct Decoding {
  int reduction = 1;
  std::int32_t side = 0;  // Of the image, as shown, before it is reduced.
  bool from_far_end = false;
};

// A side that is no multiple of the reduction ends within its last decoded pixel; that pixel comes first if the image
// was turned.
Line line_of(const Decoding& decoding, std::int32_t resized, std::int32_t first, std::int32_t count) {
  const std::int32_t size = reduced(decoding.side, decoding.reduction);
  const double length = static_cast<double>(decoding.side) / decoding.reduction;
  return {size, decoding.from_far_end ? size - length : 0, length, resized, first, count};
}

struct Plan {
  Frame frame;
  int reduction = 1;
  Taps across, down;
};

Plan plan_of(const Header& header, const Preparation& preparation) {
  const Frame frame = frame_of(header.width, header.height, preparation);
  const int by = reduction(header, {frame.resized_width, frame.resized_height});
  const Turning turns = turning(header.orientation);
  const Decoding across{by, header.width, turns.swaps ? turns.flips_y : turns.flips_x};
  const Decoding down{by, header.height, turns.swaps ? turns.flips_x : turns.flips_y};
  return {frame, by, taps_of(line_of(across, frame.resized_width, frame.left, frame.width)),
          taps_of(line_of(down, frame.resized_height, frame.top, frame.height))};
}

Tensor drawn(const Part& part, const Plan& plan, const Preparation& preparation) {
  const Draft canvas(preparation.width, preparation.height, part.pixels.channels);
  const std::size_t size = canvas.row_size() * static_cast<std::size_t>(canvas.height);
  const Frame& frame = plan.frame;
  if (frame.width < canvas.width || frame.height < canvas.height) std::memset(canvas.row(0), preparation.border, size);
  resample(part, plan.across, plan.down,
           canvas.row(frame.border_top) + static_cast<std::ptrdiff_t>(frame.border_left) * canvas.channels,
           canvas.row_size());
  if (preparation.colour == Colour::bgr) swap_red_and_blue(canvas.row(0), size);
  return Tensor(DType::uint8, {canvas.height, canvas.width, canvas.channels}, canvas.memory, size);
}

}  // namespace

Result<Tensor> prepare(std::span<const std::byte> file, const Preparation& preparation, const Limits& limits) {
  if (const Result<void> usable = check(preparation); !usable) return usable.error();
  const Result<Header> header = read_header(file, limits);
  if (!header) return header.error();
  const Plan plan = plan_of(*header, preparation);
  Result<Part> part = decode_part(file, *header, plan.reduction, window_of(plan.across, plan.down));
  if (!part) return part.error();
  if (preparation.colour == Colour::grey) part->pixels = grey_of(part->pixels);
  return drawn(*part, plan, preparation);
}

std::size_t preparing_bytes(const Header& header, const Preparation& preparation) {
  const Frame frame = frame_of(header.width, header.height, preparation);
  const int by = reduction(header, {frame.resized_width, frame.resized_height});
  const std::size_t decoded =
      static_cast<std::size_t>(reduced(header.width, by)) * static_cast<std::size_t>(reduced(header.height, by));
  const std::size_t numbers = static_cast<std::size_t>(preparation.width) *
                              static_cast<std::size_t>(preparation.height) *
                              static_cast<std::size_t>(channels(preparation));
  return decoding_bytes(header, by) + (preparation.colour == Colour::grey ? decoded : 0) + 5 * numbers;
}

Placement placement(const Header& header, const Preparation& preparation) {
  const Frame frame = frame_of(header.width, header.height, preparation);
  return {.scale_x = static_cast<double>(frame.resized_width) / header.width,
          .scale_y = static_cast<double>(frame.resized_height) / header.height,
          .offset_x = static_cast<double>(frame.border_left) - frame.left,
          .offset_y = static_cast<double>(frame.border_top) - frame.top,
          .width = header.width,
          .height = header.height};
}

}  // namespace tideline::image
