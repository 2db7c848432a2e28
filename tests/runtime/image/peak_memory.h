// Peak memory: how much more memory this process held at once while something ran.
#pragma once

#include <cstddef>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

namespace tideline::image {

inline std::size_t status_field(const std::string& wanted) {
  std::ifstream in("/proc/self/status");
  for (std::string word; in >> word;)
    if (std::size_t kib = 0; word == wanted && in >> kib) return kib * 1024;
  return 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kCountsShadows = true;  // A sanitizer's own memory grows with the program's.
#else
inline constexpr bool kCountsShadows = false;
#endif

// Returns nothing when the peak cannot be told: the system does not let a process reset it, or a sanitizer adds to it.
inline std::optional<std::size_t> peak_growth(const std::function<void()>& run) {
  {
    std::ofstream reset("/proc/self/clear_refs");
    reset << 5 << std::flush;
    if (!reset || kCountsShadows) {
      run();
      return std::nullopt;
    }
  }
  const std::size_t before = status_field("VmRSS:");
  run();
  const std::size_t peak = status_field("VmHWM:");
  return peak > before ? peak - before : 0;
}

}  // namespace tideline::image
