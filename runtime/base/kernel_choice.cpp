#include "runtime/base/kernel_choice.h"

namespace tideline {

std::string_view name(KernelChoice choice) {
  switch (choice) {
    case KernelChoice::automatic:
      return "auto";
    case KernelChoice::onednn:
      return "onednn";
    case KernelChoice::xnnpack:
      return "xnnpack";
    case KernelChoice::libtorch:
      return "libtorch";
  }
  return "unknown";
}

Result<KernelChoice> parse_kernel_choice(std::string_view text) {
  for (const auto known :
       {KernelChoice::automatic, KernelChoice::onednn, KernelChoice::xnnpack, KernelChoice::libtorch})
    if (name(known) == text) return known;
  return error(ErrorKind::invalid, "\"{}\" names no kernels; write \"auto\", \"onednn\", \"xnnpack\" or \"libtorch\"",
               text.substr(0, 40));
}

}  // namespace tideline
