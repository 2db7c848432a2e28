// Exchange: one request of a link, from send() or impose() to its answer.
#pragma once

#include "runtime/link/link.h"
#include "runtime/link/one_shot.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace tideline::link {

using LinkRequest = std::variant<wire::TailRequest, wire::CloudLoad>;

struct Exchange {
  Exchange() = default;
  Exchange(std::uint64_t number, LinkRequest what) : id(number), request(std::move(what)) {}

  void fail(const Error& why) {
    answer.deliver(why);
    load.deliver(why);
  }

  const std::uint64_t id = 0;
  LinkRequest request;               // Belongs to the I/O thread, like the next three.
  bool abandoned = false;            // Its answer is not awaited.
  Bytes payload;                     // The size of the tensors sent with it.
  std::optional<TimePoint> sent;     // When its first byte left; nothing while it is queued.
  OneShot<wire::TailAnswer> answer;  // To a TailRequest. Thread-safe.
  OneShot<wire::LoadAnswer> load;    // To a CloudLoad. Thread-safe.
};

}  // namespace tideline::link
