// Exchange: one request on its way through a link, from send() or impose() to its answer.
#pragma once

#include "runtime/net/link.h"
#include "runtime/net/parcel.h"

#include <cstdint>
#include <utility>
#include <variant>

namespace tideline {

using Request = std::variant<TailRequest, CloudLoad>;
using Reply = std::variant<TailAnswer, CloudLoad>;

struct Exchange {
  Exchange() = default;
  Exchange(std::uint64_t number, Request what) : id(number), request(std::move(what)) {}

  const std::uint64_t id = 0;
  Request request;      // Belongs to the I/O thread.
  Parcel<Reply> reply;  // Thread-safe.
};

}  // namespace tideline
