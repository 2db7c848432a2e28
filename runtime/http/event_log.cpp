#include "runtime/http/event_log.h"

#include "runtime/http/http_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tideline::http {
namespace {

// In the form of the event stream: a field for each line of the text, then an empty line.
std::string event_text(std::uint64_t id, std::string_view text) {
  std::string event = fmt::format("id: {}\n", id);
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find('\n');
    event += fmt::format("data: {}\n", text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return event + "\n";
}

}  // namespace

Result<std::uint64_t> parse_event_id(std::string_view text) {
  if (text.empty()) return std::uint64_t{0};
  std::uint64_t id = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (wrong == std::errc{} && end == text.data() + text.size()) return id;
  return error(ErrorKind::invalid,
               "Last-Event-ID {} is no id of an event, which is a number; leave it out to get all events that are kept",
               in_quotes(text));
}

void EventLog::append(std::string_view text, std::chrono::system_clock::time_point at) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const std::uint64_t id = std::max(last_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(0, milliseconds)));
  std::string event = event_text(id, text);
  if (event.size() > most_.count) return;
  last_ = id;
  size_ += event.size();
  events_.push_back({id, std::move(event)});
  for (; size_ > most_.count; events_.pop_front()) size_ -= events_.front().text.size();
}

std::optional<EventLog::Part> EventLog::after(std::uint64_t id, Bytes size) const {
  auto next = std::ranges::upper_bound(events_, id, {}, &Event::id);
  if (next == events_.end()) return std::nullopt;
  Part part;
  for (; next != events_.end(); ++next) {
    if (!part.text.empty() && part.text.size() + next->text.size() > size.count) break;
    part.text += next->text;
    part.last = next->id;
  }
  return part;
}

}  // namespace tideline::http
