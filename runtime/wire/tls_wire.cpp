#include "runtime/wire/tls_wire.h"

#include <asio/error.hpp>
#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>

namespace tideline::wire {
namespace {

bool is_try_again(int number) {
  return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

TlsWire& wire_of(BIO* bio) {
  BIO_clear_retry_flags(bio);
  return *static_cast<TlsWire*>(BIO_get_data(bio));
}

int read(BIO* bio, char* to, int size) {
  TlsWire& wire = wire_of(bio);
  const ssize_t got = ::recv(wire.socket, to, static_cast<std::size_t>(size), MSG_DONTWAIT);
  wire.drained = got <= 0;
  if (got > 0) wire.received += static_cast<std::uint64_t>(got);
  if (got == 0) wire.problem = asio::error::eof;
  if (got < 0 && is_try_again(errno)) BIO_set_retry_read(bio);
  if (got < 0 && !is_try_again(errno)) wire.problem = {errno, asio::error::get_system_category()};
  return static_cast<int>(got);
}

int write(BIO* bio, const char* from, int size) {
  TlsWire& wire = wire_of(bio);
  const ssize_t sent = ::send(wire.socket, from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && is_try_again(errno)) BIO_set_retry_write(bio);
  if (sent < 0 && !is_try_again(errno)) wire.problem = {errno, asio::error::get_system_category()};
  return static_cast<int>(sent);
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* method() {
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(made, read);
    BIO_meth_set_write(made, write);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return kMethod;
}

}  // namespace

BIO* new_bio(TlsWire& wire) {
  BIO* const bio = BIO_new(method());
  if (!bio) return nullptr;
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace tideline::wire
