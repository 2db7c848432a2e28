// EventLog: the last events of a server, each with an id, as text/event-stream; bounded in bytes.
//
//   EventLog log(2_MiB);
//   log.append(R"({"moves":3})", std::chrono::system_clock::now());
//   std::uint64_t seen = log.resume(*parse_event_id("1767225600000"));
//   while (const auto part = log.after(seen, 64_KiB)) {
//     send(part->text);
//     seen = part->last;
//   }
//
// An id is the time of the event in milliseconds since 1970, or one more than the last id if that is greater. So ids
// rise, and a client may resume after a restart of the server. Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

// Returns the id in a header Last-Event-ID; 0, which comes before all events, if it is empty. Returns invalid if it is
// no id.
Result<std::uint64_t> parse_event_id(std::string_view text);

class EventLog {
 public:
  explicit EventLog(Bytes most) : most_(most) {}

  // Keeps the event, and forgets the oldest ones if together they are larger than the bound. An event that is larger by
  // itself is left out.
  void append(std::string_view text, std::chrono::system_clock::time_point at);

  // Returns where a client that has seen `id` goes on: there, or at the oldest event if no event has that id yet (the
  // server's clock was ahead before a restart).
  std::uint64_t resume(std::uint64_t id) const { return id > last_ ? 0 : id; }

  // Whole events, and the id of the last of them.
  struct Part {
    std::string text;
    std::uint64_t last = 0;
  };
  // Returns the kept events after `id`, in order: as many as fit in `size`, but at least one. Returns nothing if there
  // is none.
  std::optional<Part> after(std::uint64_t id, Bytes size) const;

  std::size_t count() const { return events_.size(); }
  Bytes size() const { return {size_}; }

 private:
  struct Event {
    std::uint64_t id;
    std::string text;
  };

  const Bytes most_;
  std::deque<Event> events_;  // Their ids rise.
  std::uint64_t size_ = 0;    // Bytes of all texts.
  std::uint64_t last_ = 0;    // The newest id.
};

}  // namespace tideline::http
