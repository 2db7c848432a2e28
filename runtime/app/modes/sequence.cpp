#include "runtime/app/modes/sequence.h"

#include "runtime/app/modes/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::modes {
namespace {

constexpr std::uint32_t kMostFrames = 200;

}  // namespace

Result<std::optional<engine::SampleInputs>> read_sequence(const config::Config& config, const NamedModel& named) {
  if (!config.profile.sequence) return std::optional<engine::SampleInputs>();
  if (!named.image)
    return error(ErrorKind::invalid,
                 "{} takes no images, which --sequence names; say how it takes them with --image {}=PRESET", named.name,
                 named.name);
  auto frames = read_image_folder(*config.profile.sequence, named.image, kMostFrames);
  if (!frames) return frames.error();
  if (frames->size() < 2)
    return error(ErrorKind::invalid,
                 "{}: one image is no sequence, which --sequence needs; name a folder of two frames or more",
                 *config.profile.sequence);
  return std::optional(*std::move(frames));
}

std::string sequence_text(const std::optional<engine::SampleInputs>& sequence) {
  return sequence ? fmt::format("{} frames", sequence->size()) : "";
}

Result<void> check_steps(const config::Config& config, std::span<const plan::Plan> plans) {
  const auto sends_steps = [](const plan::Plan& plan) { return is_of_steps(plan.codec); };
  if (!config.profile.sequence || std::ranges::any_of(plans, sends_steps)) return {};
  return error(ErrorKind::invalid,
               "no plan has a codec of steps (q64 to q1), which --sequence measures; choose cuts and codecs that have, "
               "or leave out --sequence");
}

}  // namespace tideline::modes
