// BearerToken: the secret that clients must send in the header Authorization (RFC 6750).
//
//   const Result<BearerToken> token = BearerToken::read("/etc/tideline/token");
//   if (auto fault = token->check(headers, query)) ...  // 401, or 400
//
// Immutable. Thread-safe. No message has the token in it, nor what a client sent in its place.
#pragma once

#include "runtime/base/result.h"
#include "runtime/http/request_head.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

class BearerToken {
 public:
  // Reads the token: the one line of the file. Returns invalid, with file and remedy, if it cannot be read, or is not
  // of 16 to 1024 characters of the form that RFC 6750 gives.
  static Result<BearerToken> read(const std::filesystem::path& file);

  // REQUIRES: the text has that form.
  explicit BearerToken(std::string text) : text_(std::move(text)) {}

  // Returns nothing iff the headers bring the token. Else why the request is refused: 401, or 400 if the query holds a
  // token, which other programs would log. The comparison takes as long wherever two tokens of one length differ.
  std::optional<RequestFault> check(const std::map<std::string, std::string>& headers, std::string_view query) const;

 private:
  std::string text_;
};

// Returns why a request may not come in: as check(), but the paths of health are open to all who send no body.
std::optional<RequestFault> admit(const BearerToken& token, const RequestHead& head);

}  // namespace tideline::http
