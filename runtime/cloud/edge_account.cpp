#include "runtime/cloud/edge_account.h"

#include <asio/ip/address_v6.hpp>

#include <algorithm>

namespace tideline::cloud {

std::string identity_of(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const asio::ip::address_v6 whole = address.to_v6();
  if (whole.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, whole).to_string();
  auto bytes = whole.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

InFlightToken::InFlightToken(std::shared_ptr<InFlight> connection, std::shared_ptr<EdgeAccount> account,
                             std::uint64_t bytes, Budget::Held held)
    : connection_(std::move(connection)), account_(std::move(account)), bytes_(bytes), held_(std::move(held)) {
  for (InFlight* in_flight : {connection_.get(), &account_->in_flight}) {
    ++in_flight->requests;
    in_flight->bytes += bytes_;
  }
}

InFlightToken::~InFlightToken() {
  for (InFlight* in_flight : {connection_.get(), &account_->in_flight}) {
    --in_flight->requests;
    in_flight->bytes -= bytes_;
  }
}

void InFlightToken::set(std::uint64_t bytes) {
  for (InFlight* in_flight : {connection_.get(), &account_->in_flight})
    in_flight->bytes += bytes - bytes_;  // Modulo 2^64, if it is less.
  bytes_ = bytes;
  held_.set({bytes});
}

}  // namespace tideline::cloud
