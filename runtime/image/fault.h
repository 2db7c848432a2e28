// Fault: the way out of a C library that reports errors by a function that must not return.
//
//     Fault fault;  // The library's error function calls fault.leave().
//     if (!attempt(fault, [&] { read_something(); })) return error(ErrorKind::corrupt, "...: {}", fault.text());
//
// Used by one thread.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace tideline::image {

class Fault {
 public:
  // Jumps to the attempt in progress, which returns false. REQUIRES: there is one; no frame in between has an object
  // with a destructor.
  [[noreturn]] void leave(const char* text) {
    std::snprintf(text_, sizeof text_, "%s", text);
    std::longjmp(out_, 1);
  }
  std::string_view text() const { return text_; }

 private:
  template <typename Step>
  friend bool attempt(Fault& fault, const Step& step);

  std::jmp_buf out_;
  char text_[200] = "";
};

// Returns false iff the step was left. REQUIRES: the step makes no object with a destructor.
template <typename Step>
bool attempt(Fault& fault, const Step& step) {
  if (setjmp(fault.out_) != 0) return false;
  step();
  return true;
}

}  // namespace tideline::image
