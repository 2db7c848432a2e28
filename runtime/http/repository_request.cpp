#include "runtime/http/repository_request.h"

#include "runtime/http/bounded_json.h"

namespace tideline::http {

Result<bool> only_ready(std::string_view body) {
  constexpr std::size_t kMostValues = 16;
  constexpr std::size_t kMostBytes = 4096;
  if (body.empty()) return false;
  if (body.size() > kMostBytes)
    return error(ErrorKind::invalid, "the body has {} bytes; send at most {}, such as {{\"ready\":true}}", body.size(),
                 kMostBytes);
  const auto asked = parse_bounded_json(body, kMostValues);
  if (!asked) return asked.error();
  if (!asked->is_object())
    return error(ErrorKind::invalid, "the body is not a JSON object; send {{\"ready\":true}}, or nothing");
  const auto ready = asked->find("ready");
  if (ready == asked->end()) return false;
  if (!ready->is_boolean()) return error(ErrorKind::invalid, "'ready' is {}; send true or false", shown(*ready));
  return ready->get<bool>();
}

}  // namespace tideline::http
