// Exchange: one request on its way through a link, from send() or impose() to its answer.
#pragma once

#include "runtime/net/link.h"
#include "runtime/net/parcel.h"

#include <cstdint>
#include <utility>
#include <variant>

namespace tideline {

using LinkRequest = std::variant<TailRequest, CloudLoad>;

struct Exchange {
  Exchange() = default;
  Exchange(std::uint64_t number, LinkRequest what) : id(number), request(std::move(what)) {}

  void fail(const Error& why) {
    answer.deliver(why);
    load.deliver(why);
  }

  const std::uint64_t id = 0;
  LinkRequest request;        // Belongs to the I/O thread, as does the next.
  bool abandoned = false;     // Nobody waits for its answer.
  Parcel<TailAnswer> answer;  // To a TailRequest. Thread-safe.
  Parcel<CloudLoaded> load;   // To a CloudLoad. Thread-safe.
};

}  // namespace tideline
