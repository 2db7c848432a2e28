// ChunkedBody: decodes an HTTP body in chunked transfer coding as its bytes come, strictly (RFC 9112, 7.1).
//
// Skips extensions and trailers, and bounds their size. Keeps no bytes, whatever the size of the chunks. Pure.
#pragma once

#include "runtime/http/request_head.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tideline::http {

class ChunkedBody {
 public:
  // Returns the next bytes of the body at the front of `bytes`, and removes from `bytes` all that it has read. Returns
  // an empty view once `bytes` is empty, done() or broken().
  std::string_view take(std::string_view& bytes);

  bool done() const { return part_ == Part::done; }  // Then the rest of `bytes` belongs to the next request.
  const std::optional<RequestFault>& broken() const { return broken_; }
  std::uint64_t announced() const { return left_; }  // Bytes of the current chunk that are still to come.

 private:
  enum class Part {
    size,
    extension,
    size_end,
    data,
    data_cr,
    data_end,
    line_start,
    trailer,
    trailer_end,
    last_end,
    done
  };

  void read(char byte);
  void read_size(char byte);
  void count_aside();  // A byte of an extension or a trailer.
  void expect(char byte, char wanted, Part next);
  void refuse(std::string_view why);

  Part part_ = Part::size;
  std::uint64_t left_ = 0;
  int digits_ = 0;
  std::size_t aside_ = 0;
  std::optional<RequestFault> broken_;
};

}  // namespace tideline::http
