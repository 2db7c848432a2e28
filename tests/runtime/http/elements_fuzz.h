// What the fuzzer of BYTES elements and the replay of its corpus do with one input.
#pragma once

#include "runtime/http/byte_elements.h"

#include <cstdlib>

namespace tideline::http {

// The first byte is the number of elements, the rest is their binary form. Whatever comes, it is read or refused with a
// sentence; what is read has the same binary form again.
inline void split_anything(std::string_view input) {
  if (input.empty()) return;
  const std::size_t count = static_cast<unsigned char>(input[0]);
  const std::string_view bytes = input.substr(1);
  const auto elements = split_elements(std::as_bytes(std::span(bytes)), count);
  if (!elements) {
    if (elements.error().message.empty() || elements.error().kind != ErrorKind::invalid) std::abort();
    return;
  }
  if (elements->size() != count) std::abort();
  std::string again;
  for (const std::span<const std::byte> element : *elements)
    append_sized(again, {reinterpret_cast<const char*>(element.data()), element.size()});
  if (again != bytes) std::abort();
}

}  // namespace tideline::http
