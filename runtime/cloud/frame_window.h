// FrameWindow: which of the latest frame numbers of a stream have been used. Belongs to one thread.
#pragma once

#include <cstdint>

namespace tideline::cloud {

class FrameWindow {
 public:
  static constexpr std::uint32_t kSize = 64;  // As many requests as a connection has under way.

  // Notes a number. Returns false if it has been used before. One that is older than the window counts as new.
  bool use(std::uint32_t frame) {
    if (frame > newest_) {
      const std::uint32_t step = frame - newest_;
      used_ = step < kSize ? used_ << step : 0;
      newest_ = frame;
    }
    const std::uint32_t age = newest_ - frame;
    if (age >= kSize) return true;
    const std::uint64_t bit = std::uint64_t{1} << age;
    const bool is_new = (used_ & bit) == 0;
    used_ |= bit;
    return is_new;
  }

 private:
  std::uint32_t newest_ = 0;
  std::uint64_t used_ = 0;  // Bit i: the number newest_ - i.
};

}  // namespace tideline::cloud
