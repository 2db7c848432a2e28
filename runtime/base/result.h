// Result<T>: a value, or an error whose kind says what the caller can do.
//
//     const Result<Bytes> memory = parse_bytes(text);
//     if (!memory) return memory.error().within("edge.memory");
//     if (memory->count == 0) return error(ErrorKind::invalid, "{} is too small; raise it", to_string(*memory));
//     return *memory;
//
// Our code throws no exceptions of its own. The file that calls a library catches its exceptions and returns an Error.
// Callers add context on the way up, outermost first: "edge.toml:12: link.rate: 'fast' is not a rate; write e.g. 25
// Mbit/s".
#pragma once

#include "runtime/base/time.h"

#include <fmt/format.h>

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace tideline {

enum class ErrorKind {
  invalid,       // The request can never work: do not repeat it.
  unavailable,   // The other side cannot be reached: go on without it.
  overloaded,    // Not now: retry later.
  corrupt,       // The received data violates the format: close the connection.
  internal,      // A fault of ours or of the machine: report it.
  no_reference,  // The other side lacks the frame that a difference refers to: send the whole.
};

std::string_view name(ErrorKind kind);

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  Duration retry_after{};  // For overloaded: how long to wait before a retry; zero if unknown.

  // Returns the same error with "context: " before its message.
  Error within(std::string_view context) const { return {kind, fmt::format("{}: {}", context, message), retry_after}; }
  // Returns the same error with that retry_after.
  Error after(Duration time) const { return {kind, message, time}; }
};

template <typename... Args>
Error error(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
  return {kind, fmt::format(text, std::forward<Args>(args)...), {}};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }

  // REQUIRES: *this holds a value.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // REQUIRES: *this holds an error.
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace tideline
