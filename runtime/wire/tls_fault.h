// TlsFault: why a peer is not let in, as error codes with words for whoever looks after this side.
#pragma once

#include <asio/error_code.hpp>

#include <string_view>

using SSL = struct ssl_st;

namespace tideline {

enum class TlsFault : int {
  no_certificate = 1,
  foreign_ca,
  expired,
  not_yet_valid,
  wrong_name,  // Not that of the host that was dialled.
  wrong_role,  // An edge's where a cloud's has to be, or the other way round.
  not_tls,
  broken,
  flood,            // Records that carry nothing, more than anybody needs.
  rejected = 1000,  // With the number of the alert added: the peer does not want this side.
};

// Returns "wrong_name", for counting; all that is above `rejected` is that.
std::string_view name(TlsFault fault);

asio::error_code make_error_code(TlsFault fault);

// Returns what `code` says; nothing when it is of another kind.
bool is_tls(const asio::error_code& code);
TlsFault fault_of(const asio::error_code& code);  // REQUIRES: is_tls(code).

// Returns the fault that `session` failed with, after an OpenSSL call on this thread failed.
asio::error_code last_fault(const SSL* session);

// Returns the fault that an error number of certificate verification stands for.
TlsFault fault_of_verification(long error);

}  // namespace tideline
