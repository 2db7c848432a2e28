// Body: the bytes of a request's body, in memory that the tensors made of them share.
//
//   Body body;
//   body.reserve(length, json_size);  // The bytes after the JSON will be aligned, as tensors need it.
//   body.append(received);
//   body.grow(read_into(body.spare()));  // Without a copy.
//   const Tensor tensor(dtype, shape, body.share(bytes), bytes.size());
//
// Copying a Body copies a pointer. Its bytes may be added to only while there is no copy. Belongs to one thread until
// then; afterwards immutable.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace tideline::http {

class Body {
 public:
  Body() = default;
  // Holds a copy of `text`; its first byte is aligned.
  template <std::convertible_to<std::string_view> Text>
  Body(const Text& text) {
    reserve(std::string_view(text).size());
    append(text);
  }

  std::size_t size() const { return size_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(memory_.get()), size_}; }
  std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }

  // Takes memory for `capacity` bytes, which those that are there move to. The address of byte `aligned` will be a
  // multiple of kTensorAlignment. REQUIRES: capacity >= size().
  void reserve(std::size_t capacity, std::size_t aligned = 0);

  // Returns the uninitialised memory after the last byte.
  std::span<std::byte> spare() { return {memory_.get() + size_, capacity_ - size_}; }
  // The first `more` bytes of spare() now belong to the body.
  void grow(std::size_t more) { size_ += more; }
  // REQUIRES: spare() has room for them.
  void append(std::string_view bytes);

  // Returns a pointer to `part` that keeps the body's memory. REQUIRES: `part` lies in bytes().
  std::shared_ptr<const std::byte> share(std::span<const std::byte> part) const { return {memory_, part.data()}; }
  // Returns true iff `data` lies in bytes().
  bool holds(const std::byte* data) const;

 private:
  std::shared_ptr<std::byte> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace tideline::http
