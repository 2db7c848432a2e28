#include "runtime/wire/tls_fault.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>

namespace tideline::wire {
namespace {

std::string_view words(TlsFault fault) {
  switch (fault) {
    case TlsFault::no_certificate:
      return "it presents no certificate";
    case TlsFault::foreign_ca:
      return "its certificate is not signed by the CA in tls.ca";
    case TlsFault::expired:
      return "its certificate has expired, or the clock here is ahead";
    case TlsFault::not_yet_valid:
      return "its certificate is not valid yet, or the clock here is behind";
    case TlsFault::wrong_name:
      return "its certificate does not name this host; dial a name in the certificate, or set tls.peer_name";
    case TlsFault::wrong_role:
      return "its certificate is for the other role; an edge needs one of an edge, a cloud one of a cloud";
    case TlsFault::not_tls:
      return "it does not speak TLS; give it tls.ca, tls.cert and tls.key";
    case TlsFault::flood:
      return "it sends too many TLS records without content, such as new keys";
    default:
      return "it violates TLS 1.3";
  }
}

// Describes the alert that the peer sent.
std::string alert_words(int alert) {
  switch (alert) {
    case TLS1_AD_UNKNOWN_CA:
      return "the peer refused this side's certificate: it is not signed by the CA that the peer trusts";
    case SSL3_AD_CERTIFICATE_EXPIRED:
      return "the peer refused this side's certificate: it has expired, or the peer's clock is ahead";
    case SSL3_AD_BAD_CERTIFICATE:
      return "the peer refused this side's certificate: it is not valid now, or does not name this side";
    case SSL3_AD_UNSUPPORTED_CERTIFICATE:
      return "the peer refused this side's certificate: it is for the other role";
    case TLS13_AD_CERTIFICATE_REQUIRED:
      return "the peer requires a certificate; set tls.cert and tls.key";
    default:
      return std::string("the peer aborted TLS: ") + SSL_alert_desc_string_long(alert);
  }
}

class Category final : public asio::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }
  std::string message(int value) const override {
    constexpr int kRejected = static_cast<int>(TlsFault::rejected);
    if (value < kRejected) return std::string(words(static_cast<TlsFault>(value)));
    return alert_words(value - kRejected);
  }
};

const Category& category() {
  static const Category kOne;
  return kOne;
}

bool is_no_tls(int reason) {
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST ||
         reason == SSL_R_BAD_RECORD_TYPE || reason == SSL_R_UNEXPECTED_MESSAGE;
}

}  // namespace

std::string_view name(TlsFault fault) {
  switch (fault) {
    case TlsFault::no_certificate:
      return "no_certificate";
    case TlsFault::foreign_ca:
      return "foreign_ca";
    case TlsFault::expired:
      return "expired";
    case TlsFault::not_yet_valid:
      return "not_yet_valid";
    case TlsFault::wrong_name:
      return "wrong_name";
    case TlsFault::wrong_role:
      return "wrong_role";
    case TlsFault::not_tls:
      return "not_tls";
    case TlsFault::broken:
      return "broken";
    case TlsFault::flood:
      return "flood";
    default:
      return "rejected";
  }
}

asio::error_code make_error_code(TlsFault fault) {
  return {static_cast<int>(fault), category()};
}

bool is_tls(const asio::error_code& code) {
  return code.category() == category();
}

TlsFault fault_of(const asio::error_code& code) {
  return static_cast<TlsFault>(code.value());
}

TlsFault fault_of_verification(long error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return TlsFault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TlsFault::not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return TlsFault::wrong_name;
    case X509_V_ERR_INVALID_PURPOSE:
      return TlsFault::wrong_role;
    default:
      return TlsFault::foreign_ca;
  }
}

asio::error_code last_fault(const SSL* session) {
  if (const long verified = SSL_get_verify_result(session); verified != X509_V_OK)
    return make_error_code(fault_of_verification(verified));
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) return make_error_code(TlsFault::no_certificate);
  if (reason >= SSL_AD_REASON_OFFSET) return make_error_code(static_cast<TlsFault>(reason));
  return make_error_code(is_no_tls(reason) ? TlsFault::not_tls : TlsFault::broken);
}

}  // namespace tideline::wire
