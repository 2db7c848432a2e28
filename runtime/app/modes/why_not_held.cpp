#include "runtime/app/modes/why_not_held.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::modes {

std::string why_not_held(const link::LinkState& cloud, const NamedModel& named) {
  const std::string& ours = named.model->digest();
  if (cloud.models.contains(ours)) return {};
  const auto same_file = [&ours](const auto& theirs) { return model::of_one_file(theirs.first, ours); };
  if (std::ranges::any_of(cloud.models, same_file))
    return fmt::format(
        "the cloud at {} holds the file of {}, but with other cuts or images; give both sides the same --input and "
        "--image, and the same versions of Tideline and libtorch",
        cloud.peer, named.name);
  return fmt::format("the cloud at {} does not hold {} {:.12}; start it with the same file", cloud.peer, named.name,
                     ours);
}

}  // namespace tideline::modes
