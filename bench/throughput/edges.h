// Edges: many connections to one cloud, each with one tail under way all the time, on one thread.
//
// They use runtime/wire's frames directly: a Link has its own thread, and a thousand threads would measure the
// scheduler. Belongs to one thread. Ends the program if a connection breaks or an answer cannot be read.
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
  // The edges ask for the tail of that cut, each for one of a few inputs, so that neighbours send different ones.
  Edges(std::uint16_t port, const model::Model& model, std::uint32_t cut);
  ~Edges();
  Edges(const Edges&) = delete;
  Edges& operator=(const Edges&) = delete;

  void connect(std::size_t count);  // Adds so many connections, each with its greeting done.

  struct Seen {
    std::size_t answers = 0;
    std::size_t refusals = 0;
    std::size_t wrong = 0;           // Answers that differ from the model's own by more than rounding.
    std::vector<double> latency_ms;  // Of every answer.
    double error = 0;                // The largest difference, relative to the largest number.
    double together = 0;             // The mean size of an answer's batch.
    double seconds = 0;
  };
  // Lets the first `busy` edges ask without pause for that long, and waits for all answers.
  Seen ask(std::size_t busy, Duration time);

 private:
  struct Edge;
  void send(Edge& edge);
  bool receive(Edge& edge, Seen& seen);  // Returns true if an answer, or a refusal, is complete.
  void judge(const Edge& edge, Seen& seen) const;

  const std::uint16_t port_;
  struct Question {
    std::vector<std::byte> bytes;  // Metadata and payload; the header gets a new number each time.
    std::size_t meta_size = 0;
    std::vector<float> expected;
    float largest = 0;
  };
  std::vector<Question> questions_;
  std::deque<Edge> edges_;
  std::uint64_t next_id_ = 1;
};

}  // namespace tideline
