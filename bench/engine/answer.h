// Answer: the measured process's side of the line protocol in README.md: reads "run", writes a measurement.
#pragma once

#include "runtime/base/time.h"

#include <functional>
#include <iostream>
#include <string>

namespace tideline {

constexpr int kWarmUpRuns = 5;
constexpr Duration kTurn = std::chrono::milliseconds(20);

// Returns the mean milliseconds of one call of `work`, over as many as fill a turn. The first call is not counted: it
// warms the caches after the turns of the other processes.
inline double measure_turn(const std::function<void()>& work) {
  work();
  int runs = 0;
  const TimePoint start = Clock::now();
  Duration gone{};
  do {
    work();
    ++runs;
    gone = Clock::now() - start;
  } while (gone < kTurn);
  return milliseconds(gone) / runs;
}

// Prints that this process is ready, with its version, then answers every "run" by `turn` until its input ends.
inline void answer(const std::string& version, const std::function<std::string()>& turn) {
  std::cout << "ready " << version << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << (line == "run" ? turn() : "?") << std::endl;
}

}  // namespace tideline
