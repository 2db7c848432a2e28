#include "runtime/wire/tls_session.h"

#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

namespace tideline::wire {
namespace {

// Limits of one read, so that no peer occupies the thread.
constexpr std::size_t kTurn = 256 << 10;
constexpr std::uint64_t kRecordsPerStep = 64;

}  // namespace

TlsSession::TlsSession(const TlsContext& context, int socket, const std::string& peer)
    : wire_{socket, 0, {}}, session_(SSL_new(context.get())) {
  BIO* const bio = session_ ? new_bio(wire_) : nullptr;
  if (!bio) throw std::bad_alloc();
  SSL_set_bio(session_.get(), bio, bio);
  SSL_clear_mode(session_.get(), SSL_MODE_AUTO_RETRY);  // A record without content ends a read, and is counted.
  if (context.role() != TlsContext::Role::edge) {
    SSL_set_accept_state(session_.get());
  } else {
    SSL_set_connect_state(session_.get());
    expect(peer);
  }
}

void TlsSession::Free::operator()(SSL* session) const {
  SSL_free(session);
}

void TlsSession::expect(const std::string& peer) {
  X509_VERIFY_PARAM* const verify = SSL_get0_param(session_.get());
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const std::string host = peer.substr(0, peer.find('%'));  // Without the zone of a link-local address.
  asio::error_code no_address;
  asio::ip::make_address(host, no_address);
  const int set = no_address ? X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size())
                             : X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str());
  // Without an expected name, every certificate of the CA would pass.
  if (host.empty() || set != 1) throw std::invalid_argument("'" + peer + "' cannot be the name of a TLS peer");
  if (no_address) SSL_set_tlsext_host_name(session_.get(), host.c_str());
}

asio::error_code TlsSession::handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(session_.get());
  given_at_ = wire_.received;
  if (done == 1) return {};
  const asio::error_code problem = outcome(done);
  if (problem != asio::error::would_block) ended_ = problem;
  return problem;
}

std::size_t TlsSession::read(std::span<const asio::mutable_buffer> parts, asio::error_code& problem) {
  std::size_t total = 0;
  problem = ended_;
  const std::uint64_t enough = worked_ + kRecordsPerStep;
  const auto goes_on = [&] { return !problem && total < kTurn && worked_ < enough; };
  for (asio::mutable_buffer part : parts) {
    while (part.size() > 0 && goes_on()) {
      ERR_clear_error();
      std::size_t size = 0;
      const int done = SSL_read_ex(session_.get(), part.data(), part.size(), &size);
      ++worked_;
      if (done != 1) problem = after_no_data(done, Clock::now());
      if (done == 1 && total == 0) began_ = held_since_;
      if (done == 1) given_at_ = wire_.received;
      total += size;
      part += size;
    }
    if (!goes_on()) break;
  }
  if (problem && problem != asio::error::would_block) ended_ = problem;
  if (total == 0 && !problem) problem = asio::error::would_block;  // Only records without content so far.
  if (total > 0) {
    problem = {};
    held_since_.reset();
  }
  mark_held();
  return total;
}

// A read without bytes has taken a record without content, unless there was nothing left to read.
asio::error_code TlsSession::after_no_data(int result, TimePoint now) {
  const asio::error_code problem = outcome(result);
  if (problem != asio::error::would_block || wire_.drained || wants_write()) return problem;
  given_at_ = wire_.received;
  return may_be_empty_.take(1, now) ? asio::error_code() : make_error_code(TlsFault::flood);
}

std::string TlsSession::peer_identity() const {
  X509* const shown = SSL_get0_peer_certificate(session_.get());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (!shown || X509_digest(shown, EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text = "certificate ";
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

void TlsSession::mark_held() {
  if (wire_.received == given_at_) return held_since_.reset();
  if (!held_since_) held_since_ = Clock::now();
}

std::size_t TlsSession::held() const {
  return static_cast<std::size_t>(SSL_pending(session_.get())) + (wire_.received - given_at_);
}

// Returns the first piece itself if it fills a record or is the only one; otherwise copies as many as fit together.
std::span<const std::byte> TlsSession::next_record(const std::vector<asio::const_buffer>& parts) {
  const asio::const_buffer first = parts.front();
  if (parts.size() == 1 || first.size() >= kRecord)
    return {static_cast<const std::byte*>(first.data()), std::min(first.size(), kRecord)};
  gathered_.resize(std::min(asio::buffer_size(parts), kRecord));
  asio::buffer_copy(asio::buffer(gathered_), parts);
  return gathered_;
}

std::size_t TlsSession::write(const std::vector<asio::const_buffer>& parts, asio::error_code& problem) {
  problem = {};
  if (parts.empty()) return 0;
  const std::span<const std::byte> record = next_record(parts);
  ERR_clear_error();
  std::size_t size = 0;
  ++worked_;
  const int done = SSL_write_ex(session_.get(), record.data(), record.size(), &size);
  if (done != 1) problem = outcome(done);
  return size;
}

void TlsSession::finish() {
  if (ended_ || !SSL_is_init_finished(session_.get())) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

bool TlsSession::wants_write() const {
  return SSL_want_write(session_.get()) != 0;
}

asio::error_code TlsSession::outcome(int result) const {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    case SSL_ERROR_SSL:  // Returns the reason even if its alert could not be sent.
      return last_fault(session_.get());
    default:
      return wire_.problem ? wire_.problem : make_error_code(TlsFault::broken);
  }
}

}  // namespace tideline::wire
