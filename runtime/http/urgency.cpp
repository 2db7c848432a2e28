#include "runtime/http/urgency.h"

#include "runtime/http/body_headers.h"
#include "runtime/http/bounded_json.h"
#include "runtime/http/http_text.h"
#include "runtime/http/infer_json.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace tideline::http {
namespace {

using nlohmann::json;

// A longer timeout is as good as none, and could overflow a time point.
constexpr std::uint64_t kLongestTimeoutUs = 86'400'000'000;  // A day.

Result<std::optional<std::uint64_t>> number_in(std::string_view query, std::string_view name) {
  const auto text = value_in_query(query, name);
  if (!text) return text.error();
  if (!*text || (*text)->empty()) return std::optional<std::uint64_t>{};
  std::uint64_t number = 0;
  const char* const end = (*text)->data() + (*text)->size();
  const auto [read, failed] = std::from_chars((*text)->data(), end, number);
  if (failed != std::errc{} || read != end) return no_whole_number(name);
  return std::optional(number);
}

void set_priority(std::uint64_t value, Urgency& urgency) {
  if (value > 0)
    urgency.priority = static_cast<Priority>(std::min<std::uint64_t>(value, std::numeric_limits<Priority>::max()));
}

Result<Urgency> urgency_of(const std::optional<std::uint64_t>& timeout, const std::optional<std::uint64_t>& priority) {
  if (timeout == 0) return error(ErrorKind::invalid, "parameter 'timeout' is 0; give microseconds, or leave it out");
  Urgency urgency;
  if (timeout && *timeout <= kLongestTimeoutUs) urgency.timeout = std::chrono::microseconds(*timeout);
  set_priority(priority.value_or(0), urgency);
  return urgency;
}

// Reads `parameters` of a document up to their end, or to the first fault.
class Glancing final : public nlohmann::json_sax<json> {
 public:
  const Glance& seen() const { return seen_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (!in_parameters_ || depth_ != 2) return true;
    if (key_ == "timeout" && value > 0 && value <= kLongestTimeoutUs)
      seen_.urgency.timeout = std::chrono::microseconds(value);
    if (key_ == "priority") set_priority(value, seen_.urgency);
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t& name) override {
    if (depth_ == 1) in_parameters_ = name == "parameters";
    if (depth_ == 2 && in_parameters_ && (name == "cut" || name == "codec")) seen_.forces = true;
    key_ = std::move(name);
    return true;
  }
  bool start_object(std::size_t) override { return ++depth_ <= kMaxJsonDepth; }
  bool end_object() override { return --depth_ != 1 || !in_parameters_; }
  bool start_array(std::size_t) override { return ++depth_ <= kMaxJsonDepth; }
  bool end_array() override { return --depth_ > 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  Glance seen_;
  std::size_t depth_ = 0;
  bool in_parameters_ = false;
  std::string key_;
};

}  // namespace

Result<Urgency> urgency_of_parameters(const json& parameters) {
  const auto timeout = whole_number(parameters, "timeout");
  if (!timeout) return timeout.error();
  const auto priority = whole_number(parameters, "priority");
  if (!priority) return priority.error();
  return urgency_of(*timeout, *priority);
}

Result<Urgency> urgency_of_query(std::string_view query) {
  const auto timeout = number_in(query, "timeout");
  if (!timeout) return timeout.error();
  const auto priority = number_in(query, "priority");
  if (!priority) return priority.error();
  return urgency_of(*timeout, *priority);
}

Glance glance(const HttpRequest& request) {
  const auto size = json_size(request);
  if (!size) return {};
  const std::size_t json_bytes = std::min<std::uint64_t>(size->value_or(request.body.size()), request.body.size());
  if (json_bytes == 0 || !request.body.text().starts_with('{')) {
    const auto asked = urgency_of_query(request.query);
    return {.urgency = asked ? *asked : Urgency{}};
  }
  const std::string_view text = request.body.text().substr(0, std::min(json_bytes, kGlance));
  Glancing glancing;
  json::sax_parse(text.begin(), text.end(), &glancing);
  return glancing.seen();
}

}  // namespace tideline::http
