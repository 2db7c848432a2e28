// TlsFault: the reasons to reject a TLS peer, as error codes with messages for this side's operator.
#pragma once

#include <asio/error_code.hpp>

#include <string_view>

using SSL = struct ssl_st;

namespace tideline::wire {

enum class TlsFault : int {
  no_certificate = 1,
  foreign_ca,
  expired,
  not_yet_valid,
  wrong_name,  // The certificate does not name the dialled host.
  wrong_role,  // An edge's certificate in place of a cloud's, or the reverse.
  not_tls,
  broken,
  flood,            // Too many records without content.
  rejected = 1000,  // Plus the number of the alert: the peer rejects this side.
};

// Returns a word for counting, such as "wrong_name"; "rejected" for every value above `rejected`.
std::string_view name(TlsFault fault);

asio::error_code make_error_code(TlsFault fault);

// Returns true iff `code` holds a TlsFault.
bool is_tls(const asio::error_code& code);
TlsFault fault_of(const asio::error_code& code);  // REQUIRES: is_tls(code).

// Returns the fault of `session`, right after an OpenSSL call on this thread failed.
asio::error_code last_fault(const SSL* session);

// Returns the fault for an error number of certificate verification.
TlsFault fault_of_verification(long error);

}  // namespace tideline::wire
