// Access: one answered request, as a line of the access log. Pure functions.
//
// Without the query of the URL and without other headers: they may hold secrets.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::http {

// What the answer to a request was made of: {"model", "lenet"}, {"placement", "split"}. Values are whole numbers where
// access.cpp says so.
using Notes = std::vector<std::pair<std::string_view, std::string>>;

struct Access {
  std::string method;  // Empty, as the path, if the request could not be read so far.
  std::string path;    // As it came, without the query.
  int status = 0;
  std::size_t received = 0;  // Bytes of the body, as it came.
  std::size_t sent = 0;      // Bytes of the body of the answer.
  Duration took{};           // From its first byte to the last byte of the answer.
  std::string client;        // Its address.
  std::string trace;         // The id of its trace; empty if it names none.
  Notes notes;
};

// Returns "http: 127.0.0.1 POST /v2/models/m/infer 200, 3200 bytes in, 410 bytes out, 12.3 ms, trace=..., model=m".
std::string access_line(const Access& access);

// Returns the same as members of a JSON object: "method":"POST","path":"/v2/models/m/infer","status":200,...
std::string access_fields(const Access& access);

}  // namespace tideline::http
