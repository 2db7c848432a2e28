// What the fuzzer of multipart forms and the replay of its corpus do with one input.
#pragma once

#include "runtime/http/multipart_form.h"

#include <cstdlib>
#include <string_view>

namespace tideline::http {

// The first line is the Content-Type, the rest is the body. Whatever comes, it is read or refused with a sentence; what
// is read lies in the body, in its order, and no content holds the boundary.
inline void read_any_form(std::string_view input) {
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return;
  const std::string_view body = input.substr(line + 1);
  const auto parts = parse_multipart_form(input.substr(0, line), body);
  if (!parts) {
    if (parts.error().message.empty() || parts.error().kind != ErrorKind::invalid) std::abort();
    return;
  }
  if (parts->size() > kMostParts) std::abort();
  const std::string_view delimiter = body.substr(0, body.find("\r\n"));
  const char* reached = body.data();
  for (const FormPart& part : *parts) {
    if (part.name.empty() || part.name.data() < reached || part.content.data() < part.name.data()) std::abort();
    reached = part.content.data() + part.content.size();
    if (reached > body.data() + body.size()) std::abort();
    if (part.content.find("\r\n" + std::string(delimiter)) != std::string_view::npos) std::abort();
  }
}

}  // namespace tideline::http
