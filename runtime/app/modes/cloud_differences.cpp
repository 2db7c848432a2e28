#include "runtime/app/modes/cloud_differences.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tideline::modes {
namespace {

constexpr std::array<std::string_view, 5> kOfRounding{"architecture", "simd", "kernels", "libtorch", "blas"};

// "architecture x86_64 there, aarch64 here"; empty unless both tell, and tell different things.
std::string difference(const std::string& key, const Machine& there, const Machine& here) {
  const auto theirs = there.find(key), ours = here.find(key);
  if (theirs == there.end() || ours == here.end() || theirs->second == ours->second) return {};
  return fmt::format("{} {} there, {} here", key, theirs->second, ours->second);
}

}  // namespace

std::string other_precision(const link::LinkState& cloud, Precision measured, bool has_others) {
  if (cloud.precision == measured) return {};
  return fmt::format(
      "the cloud at {} computes in {}, but its plans were measured in {}, so {}; measure again with --profile, or "
      "start the cloud with --precision {}",
      cloud.peer, name(cloud.precision), name(measured), has_others ? "it gets no requests" : "the edge serves alone",
      name(measured));
}

std::string other_architecture(const link::LinkState& cloud, const Machine& measured) {
  const auto then = measured.find("architecture"), now = cloud.machine.find("architecture");
  if (then == measured.end() || now == cloud.machine.end() || then->second == now->second) return {};
  return fmt::format(
      "its table was measured with another kind of processor in the cloud ({}) than that of {} ({}), so predictions "
      "may be wrong; measure again with --profile",
      then->second, cloud.peer, now->second);
}

std::string other_rounding(const link::LinkState& cloud, const Machine& edge) {
  std::string all;
  for (const std::string_view key : kOfRounding)
    if (const std::string one = difference(std::string(key), cloud.machine, edge); !one.empty())
      all += (all.empty() ? "" : "; ") + one;
  if (all.empty()) return {};
  return fmt::format(
      "the cloud at {} rounds in another way than this edge ({}), so their answers differ in the last digits",
      cloud.peer, all);
}

}  // namespace tideline::modes
