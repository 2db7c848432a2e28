#include "runtime/http/stream_parameters.h"

#include "runtime/http/http_text.h"
#include "runtime/http/infer_json.h"

#include <string>
#include <utility>

namespace tideline::http {
namespace {

using nlohmann::json;

Error no_flag(std::string_view name) {
  return error(ErrorKind::invalid, "parameter '{}' is neither true nor false", name);
}

Result<bool> stream_flag(const json& parameters, const char* name) {
  const json* found = member(parameters, name);
  if (!found) return false;
  if (!found->is_boolean()) return no_flag(name);
  return found->get<bool>();
}

Result<std::string> sequence_of(const json& parameters) {
  const json* found = member(parameters, "sequence_id");
  if (!found) return std::string();
  if (found->is_number_unsigned()) return std::to_string(found->get<std::uint64_t>());
  if (found->is_string()) return found->get<std::string>();
  return error(ErrorKind::invalid, "parameter 'sequence_id' is neither a whole number of 0 or more nor a text");
}

Result<std::optional<engine::Stream>> checked_stream(engine::Stream stream) {
  if (stream.sequence.size() > engine::Stream::kLongestName)
    return error(ErrorKind::invalid, "parameter 'sequence_id' has {} bytes; give at most {}", stream.sequence.size(),
                 engine::Stream::kLongestName);
  if (stream.sequence.empty() || stream.sequence == "0") return std::optional<engine::Stream>();
  return std::optional(std::move(stream));
}

Result<bool> stream_flag(std::string_view query, const char* name) {
  const auto text = value_in_query(query, name);
  if (!text) return text.error();
  if (!*text || **text == "false") return false;
  if (**text != "true") return no_flag(name);
  return true;
}

Result<std::string> sequence_of(std::string_view query) {
  auto text = value_in_query(query, "sequence_id");
  if (!text) return text.error();
  return text->value_or("");
}

template <typename Source>
Result<std::optional<engine::Stream>> read_stream(const Source& source) {
  auto sequence = sequence_of(source);
  if (!sequence) return sequence.error();
  const auto start = stream_flag(source, "sequence_start");
  if (!start) return start.error();
  const auto end = stream_flag(source, "sequence_end");
  if (!end) return end.error();
  return checked_stream({*std::move(sequence), *start, *end});
}

}  // namespace

Result<std::optional<engine::Stream>> stream_of_parameters(const json& parameters) {
  return read_stream(parameters);
}

Result<std::optional<engine::Stream>> stream_of_query(std::string_view query) {
  return read_stream(query);
}

}  // namespace tideline::http
