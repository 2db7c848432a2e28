// Line protocol: how a measured process answers: each line of input gets one line of output.
#pragma once

#include "runtime/base/time.h"

#include <fmt/format.h>

#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tideline {

constexpr std::size_t kUp = 186'624;  // The size of alexnet's tensor after its first pooling.
constexpr std::size_t kDown = 4'000;  // Its scores.

// Returns the milliseconds of each of `count` calls of `echo`, after an uncounted one that wakes all threads.
inline std::string timed(std::size_t count, const std::function<bool()>& echo) {
  std::string times;
  bool fine = echo();
  for (std::size_t i = 0; i < count && fine; ++i) {
    const TimePoint began = Clock::now();
    fine = echo();
    times += fmt::format("{:.6f} ", milliseconds(Clock::now() - began));
  }
  return fine ? times : "broken";
}

// Prints `ready`, then answers lines of a word and numbers until the input ends.
inline void answer_lines(const std::string& ready,
                         const std::function<std::string(std::string word, std::vector<std::size_t> numbers)>& answer) {
  std::cout << "ready " << ready << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    std::vector<std::size_t> numbers;
    for (std::size_t number = 0; words >> number;) numbers.push_back(number);
    std::cout << answer(word, std::move(numbers)) << std::endl;
  }
}

}  // namespace tideline
