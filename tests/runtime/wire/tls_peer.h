// TlsPeer: a blocking TLS socket that shows whatever certificate a test wants, asks for none, and says anything.
#pragma once

#include "runtime/wire/tls.h"
#include "tests/runtime/wire/raw_peer.h"

#include <openssl/ssl.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

namespace tideline::wire {

class TlsPeer {
 public:
  struct Shows {
    std::optional<TlsContext::Files> files;  // Nothing: no certificate.
    int version = TLS1_3_VERSION;
  };

  TlsPeer(std::uint16_t port, const Shows& shows) : raw_(port), tls_(open(TLS_client_method(), shows)) {
    SSL_connect(tls_.get());  // Whether it is let in, the first read tells.
  }
  TlsPeer(RawListener& listener, const Shows& shows) : TlsPeer(RawPeer(listener.acceptor()), shows) {}
  TlsPeer(RawPeer edge, const Shows& shows) : raw_(std::move(edge)), tls_(open(TLS_server_method(), shows)) {
    SSL_accept(tls_.get());
  }

  bool say(std::span<const std::byte> bytes) {
    std::size_t sent = 0;
    return SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &sent) == 1 && sent == bytes.size();
  }
  bool say(FrameType type, std::uint64_t id, const FrameMeta& head, std::string_view payload = {}) {
    return say(frame_bytes(type, id, head, payload));
  }

  // Returns nothing when the other side has hung up.
  std::optional<FrameType> hear() {
    std::array<std::byte, FrameHeader::kSize> bytes{};
    if (!fill(bytes)) return std::nullopt;
    const Result<FrameHeader> header = decode_header(bytes, Limits{});
    if (!header) return std::nullopt;
    FrameMeta head(header->meta_size);
    return fill(head) ? std::optional(header->type) : std::nullopt;
  }
  // Takes new keys, and asks the other side for new ones, too: a record each that carries nothing.
  bool renew_keys() {
    return SSL_key_update(tls_.get(), SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(tls_.get()) == 1;
  }
  bool hung_up() {
    while (hear()) {
    }
    return raw_.hung_up();
  }
  RawPeer& raw() { return raw_; }

 private:
  using Tls = std::unique_ptr<SSL, decltype(&SSL_free)>;

  Tls open(const SSL_METHOD* method, const Shows& shows) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(method), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), shows.version);
    if (shows.files && (SSL_CTX_use_certificate_chain_file(context.get(), shows.files->certificate.c_str()) != 1 ||
                        SSL_CTX_use_PrivateKey_file(context.get(), shows.files->key.c_str(), SSL_FILETYPE_PEM) != 1))
      throw std::runtime_error("no certificate in " + shows.files->certificate);
    Tls tls(SSL_new(context.get()), SSL_free);
    SSL_set_fd(tls.get(), raw_.handle());
    return tls;
  }
  bool fill(std::span<std::byte> memory) {
    while (!memory.empty()) {
      std::size_t size = 0;
      if (SSL_read_ex(tls_.get(), memory.data(), memory.size(), &size) != 1) return false;
      memory = memory.subspan(size);
    }
    return true;
  }

  RawPeer raw_;
  Tls tls_;
};

}  // namespace tideline::wire
