// Plan: how one inference is divided between edge and cloud: the model, the cut, and the codec of what crosses.
//
// A value. Equal plans behave equally on any edge and any cloud, because a plan travels with every request.
// Thread-safe.
//
//   Plan plan{.model = digest, .cut = 3, .codec = Codec::q4};  // The edge runs [0, 3), the cloud the rest.
//   Result<Codec> codec = parse_codec("fp16");
//   if (codec) plan.codec = *codec;
//   log("cut {} ({})", plan.cut, name(plan.codec));              // "cut 3 (fp16)"
#pragma once

#include "runtime/base/result.h"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tideline::plan {

// The form on the wire of the tensors at a cut, or of the image at cut 0 of a model that takes images. The numbers are
// part of the wire format: never change them, nor use 2 and 3 again.
enum class Codec : std::uint8_t {
  fp32 = 0,  // Unchanged, whatever the type; lossless.
  fp16 = 1,  // fp32 rounded to IEEE half precision; other types unchanged.
  // fp32 as whole multiples of a step, entropy-coded: the root mean square of the image's numbers divided by 64,
  // ..., 1.
  q64 = 8,
  q32 = 9,
  q16 = 10,
  q8 = 11,
  q4 = 12,
  q2 = 13,
  q1 = 14,
  // Of images:
  source = 4,  // The file as it came; lossless.
  u8 = 5,      // The pixels in the network's size, one byte per colour; lossless.
  jpeg95 = 6,  // The same pixels as a JPEG of quality 95, without subsampling of colour.
  jpeg75 = 7,  // The same of quality 75.
};

std::span<const Codec> all_codecs();
std::span<const Codec> tensor_codecs();
std::span<const Codec> image_codecs();
bool is_of_images(Codec codec);
bool is_of_steps(Codec codec);  // q64 to q1: what a stream sends as differences.
// Returns n such that the step is the root mean square divided by 2^n. REQUIRES: is_of_steps().
int halvings_of(Codec codec);
bool is_lossless(Codec codec);                      // Whatever the tensor or image.
std::string_view name(Codec codec);                 // "fp16"
Result<Codec> parse_codec(std::string_view text);   // The inverse of name().
Result<Codec> codec_from_wire(std::uint8_t value);  // corrupt when no Codec has that value.

struct Plan {
  std::string model;      // Model::digest(): hash of the file and its cuts.
  std::uint32_t cut = 0;  // Index into Model::cuts(): 0 is cloud-only, the last is edge-only.
  Codec codec = Codec::fp32;

  auto operator<=>(const Plan&) const = default;
};

// Returns true iff a request by this plan needs a compute slot of the edge before anything is sent: for a head, or for
// the pixels of an image. Tensors that are an input already are encoded without one. `takes_images`: the model does.
bool needs_slot(const Plan& plan, bool takes_images);

}  // namespace tideline::plan
