// Span: std::span, also for the files that include libtorch, which must compile as C++17 too.
//
// Clang reads libtorch's headers only as C++17. Only clang's checks of those files use the stand-in below: every build
// is C++20.
#pragma once

#if __cplusplus >= 202002L

#include <span>

namespace tideline {

template <typename T>
using Span = std::span<T>;

}  // namespace tideline

#else

#include <cstddef>

namespace tideline {

// The part of std::span that those files use.
template <typename T>
class Span {
 public:
  Span(T* data, std::size_t size) : data_(data), size_(size) {}
  template <typename Container>
  Span(const Container& container) : Span(container.data(), container.size()) {}

  T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  T& front() const { return *data_; }
  T& operator[](std::size_t i) const { return data_[i]; }

 private:
  T* data_;
  std::size_t size_;
};

}  // namespace tideline

#endif
