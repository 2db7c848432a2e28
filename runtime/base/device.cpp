#include "runtime/base/device.h"

#include <charconv>

namespace tideline {
namespace {

constexpr std::string_view kGpu = "cuda";
constexpr int kMostGpus = 128;

std::optional<int> number(std::string_view text) {
  int number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  return whole && number >= 0 && number < kMostGpus ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string to_string(const Device& device) {
  return device.gpu ? fmt::format("{}:{}", kGpu, *device.gpu) : "cpu";
}

Result<Device> parse_device(std::string_view text) {
  if (text == "cpu") return Device{};
  if (text == kGpu) return Device{0};
  const auto colon = kGpu.size();
  if (text.substr(0, colon) == kGpu && text.substr(colon, 1) == ":")
    if (const auto gpu = number(text.substr(colon + 1))) return Device{gpu};
  return error(ErrorKind::invalid, "\"{}\" is not a device; write \"cpu\", \"cuda\", or \"cuda:1\" for the second GPU",
               text.substr(0, 40));
}

}  // namespace tideline
