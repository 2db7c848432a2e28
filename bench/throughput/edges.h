// Edges: many connections to one cloud, each with one tail under way all the time, on one thread.
//
// They speak runtime/wire's frames by themselves: a Link has a thread of its own, and a thousand threads would measure
// the scheduler. Belongs to one thread. Ends the program where a connection breaks or an answer cannot be read.
#pragma once

#include "runtime/base/time.h"
#include "runtime/model/api/model.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace tideline {

class Edges {
 public:
  // What the edges ask for: the tail of that cut, for one of a few inputs, so that neighbours ask for different ones.
  Edges(std::uint16_t port, const Model& model, std::uint32_t cut);
  ~Edges();
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;

  void connect(std::size_t count);  // So many more, each greeted.

  struct Seen {
    std::size_t answers = 0;
    std::size_t refusals = 0;
    std::size_t wrong = 0;           // Differ from what the model gives here by more than rounding.
    std::vector<double> latency_ms;  // Of every answer.
    double error = 0;                // The largest difference, relative to the largest number.
    double together = 0;             // Requests of one run: the mean over the answers.
    double seconds = 0;
  };
  // Lets the first `busy` edges ask without pause for that long, and waits for the answers to what was asked.
  Seen ask(std::size_t busy, Duration time);

 private:
  struct Edge;
  void send(Edge& edge);
  bool receive(Edge& edge, Seen& seen);  // Returns true when an answer, or a refusal, is complete.
  void judge(const Edge& edge, Seen& seen) const;

  const std::uint16_t port_;
  struct Question {
    std::vector<std::byte> bytes;  // Head and payload; the header has a number of its own each time.
    std::size_t meta_size = 0;
    std::vector<float> expected;
    float largest = 0;
  };
  std::vector<Question> questions_;
  std::deque<Edge> edges_;
  std::uint64_t next_id_ = 1;
};

}  // namespace tideline
