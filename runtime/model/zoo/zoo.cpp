#include "runtime/model/zoo/zoo.h"

#include "runtime/model/zoo/zoo_networks.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

namespace tideline::zoo {

std::span<const std::string_view> zoo_names() {
  return network_names();
}

Result<void> write_zoo_model(std::string_view name, std::uint64_t seed, const std::filesystem::path& file) {
  if (std::ranges::find(zoo_names(), name) == zoo_names().end()) {
    return error(ErrorKind::invalid, "unknown zoo network '{}'; choose one of {}", name, fmt::join(zoo_names(), ", "));
  }
  // Writes to a temporary file and renames it, so that no reader finds an incomplete file.
  const auto unfinished = file.string() + ".part";
  std::error_code failure;
  const auto written = write_network(name, seed, unfinished);
  if (written) std::filesystem::rename(unfinished, file, failure);
  if (written && !failure) return {};
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  if (!written) return written;
  return error(ErrorKind::internal, "{}: cannot write: {}", file.string(), failure.message());
}

}  // namespace tideline::zoo
