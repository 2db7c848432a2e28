#include "runtime/base/result.h"

namespace tideline {

std::string_view name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::overloaded:
      return "overloaded";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::no_reference:
      return "no_reference";
    case ErrorKind::internal:
      break;
  }
  return "internal";
}

}  // namespace tideline
