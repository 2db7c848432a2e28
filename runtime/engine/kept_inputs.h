// KeptInputs: some of the last inputs of a model's requests, to measure over them what codecs lose.
//
//   KeptInputs kept({.memory = 64_MiB});
//   kept.keep(true);
//   auto copy = kept.copy_of(input, now);    // Before the request is served, which uses up its input;
//   if (copy && served) kept.add(*std::move(copy));  // and after.
//   const std::vector<Input> inputs = kept.all();
//
// They lie in memory alone. One is taken from time to time; if there are too many, the oldest leaves. An input that is
// kept already is not taken: a client that repeats one image would make it look like many. Thread-safe.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/engine/input.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace tideline::engine {

class KeptInputs {
 public:
  struct Options {
    Bytes memory;            // For all of them.
    std::size_t enough = 1;  // An input so large that not even so many fit is not kept.
    std::size_t most = 1;
    Duration pause = std::chrono::seconds(1);        // Between two, until there are `enough`,
    Duration later_pause = std::chrono::minutes(1);  // and from then on.
    bool files = false;                              // Keep image files, and no tensors; else tensors alone.
  };
  explicit KeptInputs(const Options& options) : options_(options) {}

  // Nothing is kept at first. After keep(false), all are forgotten.
  void keep(bool on);

  // Returns a copy of the input if it is time for one and it may be kept.
  std::optional<Input> copy_of(const Input& input, TimePoint now);
  void add(Input copy);

  std::size_t size() const;
  bool has_enough() const { return size() >= options_.enough; }
  std::vector<Input> all() const;  // The oldest first.

 private:
  struct Kept {
    Input input;
    Bytes bytes;
    std::size_t mark;  // The same for the same input.
  };
  std::size_t room() const { return options_.memory.count / std::max<std::size_t>(options_.enough, 1); }
  void drop_oldest();

  const Options options_;
  std::atomic<bool> on_{false};
  std::atomic<Clock::rep> next_{0};  // No copy before.
  mutable std::mutex m_;
  std::deque<Kept> kept_;  // Guarded by m_, as the next.
  Bytes bytes_;
};

}  // namespace tideline::engine
