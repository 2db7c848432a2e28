#include "runtime/http/infer_json.h"

#include "runtime/http/http_text.h"

#include <limits>

namespace tideline::http {
namespace {

using nlohmann::json;

Result<void> read_cut(const json& parameters, engine::InferRequest& infer) {
  const auto cut = whole_number(parameters, "cut");
  if (!cut) return cut.error();
  if (!*cut) return {};
  if (**cut > std::numeric_limits<std::uint32_t>::max())
    return error(ErrorKind::invalid, "parameter 'cut' is {}, but no model has so many cuts", **cut);
  infer.cut = static_cast<std::uint32_t>(**cut);
  return {};
}

Result<void> read_codec(const json& parameters, engine::InferRequest& infer) {
  const json* found = member(parameters, "codec");
  if (!found) return {};
  if (!found->is_string()) return error(ErrorKind::invalid, "parameter 'codec' is not a string");
  const auto codec = plan::parse_codec(found->get_ref<const std::string&>());
  if (!codec) return Error{ErrorKind::invalid, codec.error().message}.within("parameter 'codec'");
  infer.codec = *codec;
  return {};
}

}  // namespace

const json* member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Error no_whole_number(std::string_view name) {
  return error(ErrorKind::invalid, "parameter '{}' is not a whole number of 0 or more", name);
}

Result<std::optional<std::uint64_t>> whole_number(const json& object, const char* name) {
  const json* found = member(object, name);
  if (!found) return std::optional<std::uint64_t>{};
  if (!found->is_number_unsigned()) return no_whole_number(name);
  return std::optional<std::uint64_t>{found->get<std::uint64_t>()};
}

Result<const json*> parameters_of(const json& object) {
  static const json kNone = json::object();
  const json* found = member(object, "parameters");
  if (found && !found->is_object()) return error(ErrorKind::invalid, "'parameters' is not an object");
  return found ? found : &kNone;
}

Result<void> check_heeded(const json& parameters) {
  const json* classes = member(parameters, "classification");
  if (classes && *classes != 0)
    return error(ErrorKind::invalid,
                 "parameter 'classification' belongs to an output; move it to the 'parameters' of an element of "
                 "'outputs'");
  return check_heeded_of_output(parameters);
}

Result<void> check_heeded_of_output(const json& parameters) {
  for (const char* region : {"shared_memory_region", "shared_memory_offset", "shared_memory_byte_size"})
    if (member(parameters, region))
      return error(ErrorKind::invalid,
                   "parameter '{}' asks for shared memory, which is not supported; send the data in the body", region);
  return {};
}

Result<void> read_plan(const json& parameters, engine::InferRequest& infer) {
  if (auto read = read_cut(parameters, infer); !read) return read;
  return read_codec(parameters, infer);
}

}  // namespace tideline::http
