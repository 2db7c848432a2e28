#include "runtime/model/zoo.h"

#include "runtime/model/zoo_networks.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace tideline {
namespace {

using Write = Result<void> (*)(std::uint64_t seed, const std::string& file);

constexpr std::array<std::string_view, 3> kNames{"alexnet", "lenet", "mobilenet"};
constexpr std::array<Write, 3> kWriters{write_alexnet, write_lenet, write_mobilenet};

}  // namespace

std::span<const std::string_view> zoo_names() {
  return kNames;
}

Result<void> write_zoo_model(std::string_view name, std::uint64_t seed, const std::filesystem::path& file) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    return error(ErrorKind::invalid, "the zoo has no '{}'; it has {}", name, fmt::join(kNames, ", "));
  }
  // Written beside and moved into place: nobody ever finds half a network under the name.
  const auto unfinished = file.string() + ".part";
  std::error_code failure;
  const auto written = kWriters[static_cast<std::size_t>(found - kNames.begin())](seed, unfinished);
  if (written) std::filesystem::rename(unfinished, file, failure);
  if (written && !failure) return {};
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  if (!written) return written;
  return error(ErrorKind::internal, "{}: it cannot be written: {}", file.string(), failure.message());
}

}  // namespace tideline
