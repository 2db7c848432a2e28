// Stream: the sequence of similar requests that a request belongs to, as its client names it. A value.
#pragma once

#include <cstddef>
#include <string>

namespace tideline::engine {

struct Stream {
  static constexpr std::size_t kLongestName = 128;

  std::string sequence;  // Its name among the streams of one model; not empty.
  bool start = false;    // The requests before it are forgotten.
  bool end = false;      // The stream is forgotten after it.
};

}  // namespace tideline::engine
