// AnswerMemory: memory for the outputs of a tail's answer, which is taken only once the answer's form is checked.
//
// A value; its copies share the memory.
#pragma once

#include "runtime/link/exchange.h"
#include "runtime/wire/message.h"

#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tideline::link {

class AnswerMemory {
 public:
  // Returns corrupt unless `asked` is a tail's, the answer has the outputs that it asked for, and the payload holds
  // just those.
  static Result<AnswerMemory> of(const Exchange& asked, const wire::AnswerMessage& message, std::uint64_t payload_size);

  std::vector<asio::mutable_buffer> parts() const;  // To read the payload into.
  std::vector<Tensor> outputs() const;              // REQUIRES: the payload was read.

 private:
  struct Part {
    wire::AnswerMessage::Output output;
    std::shared_ptr<std::byte> memory;
    std::size_t size = 0;
  };
  std::vector<Part> parts_;
};

}  // namespace tideline::link
