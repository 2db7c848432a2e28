#include "runtime/http/request_watch.h"

#include "runtime/http/http_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tideline {
namespace {

constexpr std::size_t kLongestHead = 64 << 10;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

// Returns the value of the first header of that name (in lower case); nothing when there is none.
std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(':');
    if (colon == name.size() && lower_case(line.substr(0, colon)) == name) return trim(line.substr(colon + 1));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> content_length(std::string_view head) {
  const auto text = header(head, "content-length");
  std::uint64_t length = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), length).ec != std::errc{}) return {};
  return length;
}

}  // namespace

std::optional<AnnouncedBody> RequestWatch::see(std::string_view chunk) {
  if (chunk.size() <= body_left_) {
    body_left_ -= chunk.size();
    return std::nullopt;
  }
  chunk.remove_prefix(body_left_);
  body_left_ = 0;
  // Of the methods that our doors know, only POST brings a body.
  if (head_.empty() && !chunk.starts_with('P')) return std::nullopt;

  const std::size_t before = head_.size();
  head_.append(chunk.substr(0, kLongestHead));
  const std::size_t end = head_.find(kEndOfHead, before - std::min<std::size_t>(before, kEndOfHead.size() - 1));
  if (end == std::string::npos) {
    if (head_.size() >= kLongestHead) head_.clear();
    return std::nullopt;
  }
  const std::size_t body_here = before + chunk.size() - end - kEndOfHead.size();
  const std::string head = std::exchange(head_, {}).substr(0, end);

  const auto length = content_length(head);
  if (!length) return std::nullopt;
  body_left_ = *length - std::min<std::uint64_t>(*length, body_here);
  const bool expects = lower_case(header(head, "expect").value_or("")) == "100-continue";
  return AnnouncedBody{*length, expects && body_here == 0 && *length > 0};
}

}  // namespace tideline
