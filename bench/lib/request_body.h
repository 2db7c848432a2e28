// RequestBody: one inference as an HTTP body, and the answer that it must get.
//
//   const std::vector<RequestBody> bodies = image_bodies("photos", "answers.json");
//   const Reply reply = post(client, "alexnet", bodies[0]);
//   if (reply.outputs != bodies[0].expected) ...
//
// Values, and functions without state. They throw std::exception if a file or an answer is not as it must be.
#pragma once

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tideline {

struct RequestBody {
  httplib::Headers headers;
  std::string type;  // Content-Type.
  std::string bytes;
  std::string expected;  // The numbers of all outputs, as bytes.
};

struct Reply {
  int status = 0;  // HTTP status; 0 if there was no answer.
  nlohmann::json header;
  std::string outputs;  // As in RequestBody.
};

// Returns random numbers for that input, in OIP's binary form, without an expected answer.
RequestBody tensor_body(const nlohmann::json& input, const nlohmann::json& parameters);

// Returns the JPEGs in `folder` that `answers` names: an object of arrays of fp32 numbers, by file name.
std::vector<RequestBody> image_bodies(const std::string& folder, const std::string& answers);

// Belongs to the thread of the client. Does not throw.
Reply post(httplib::Client& client, const std::string& model, const RequestBody& body);

// The same for a server that is no agent: the photo alone goes to /, and the numbers of one output come back.
Reply post_photo(httplib::Client& client, const RequestBody& body);

// Returns true iff every number differs from the expected one by at most that share of the largest expected one.
bool is_close(std::string_view outputs, std::string_view expected, double tolerance);

}  // namespace tideline
