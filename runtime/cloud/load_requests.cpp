#include "runtime/cloud/load_requests.h"

#include <asio/post.hpp>

namespace tideline::cloud {

Result<void> LoadRequests::take(const wire::ReceivedFrame& frame) {
  const Result<wire::CloudLoad> asked = wire::decode_load(frame.meta);
  if (!asked) return asked.error();
  if (frame.header.payload_size != 0) return error(ErrorKind::corrupt, "an 'impose' came with a payload");
  const std::uint64_t id = frame.header.id;
  if (const Result<void> may = may_load(); !may) {
    channel_->refuse(id, may.error());
    return {};
  }
  const auto errand = [self = shared_from_this(), stressor = context_.options.stressor, id, load = *asked] {
    const Result<wire::LoadAnswer> loaded = stressor->impose(load);
    asio::post(self->channel_->stream.get_executor(), [self, id, load, loaded] {
      self->loading_ = false;
      const bool nothing = loaded && load.cpu == 0 && load.memory == 0;
      if (nothing && !self->channel_->gone) self->context_.loading = nullptr;
      if (!loaded) return self->channel_->refuse(id, loaded.error());
      self->channel_->outbox.push(plain_frame(wire::FrameType::imposed, id, encode(*loaded)));
    });
  };
  if (!context_.errands.submit(errand)) {
    channel_->refuse(id, error(ErrorKind::overloaded, "the cloud is busy loading its machine"));
    return {};
  }
  loading_ = true;
  context_.loading = this;
  return {};
}

Result<void> LoadRequests::may_load() const {
  if (!context_.options.stressor)
    return error(ErrorKind::invalid,
                 "this cloud does not let edges load its machine; start it with --allow-stress (cloud.allow_stress), "
                 "or profile with cloud shares of 0 %");
  if (context_.loading && context_.loading != this)
    return error(ErrorKind::overloaded,
                 "another edge loads this cloud's machine, and a second load would change its measurements; "
                 "profile later, or with another cloud");
  if (loading_)
    return error(ErrorKind::overloaded, "the cloud is still loading its machine; wait for its answer first");
  return {};
}

// Only the loading edge may send load requests, one at a time. So there is always room for the errand that removes the
// load, and no other edge may begin before it.
void LoadRequests::leave() {
  if (context_.loading != this) return;
  context_.errands.submit([self = shared_from_this(), stressor = context_.options.stressor] {
    (void)stressor->impose({});
    asio::post(self->channel_->stream.get_executor(), [self] { self->context_.loading = nullptr; });
  });
}

}  // namespace tideline::cloud
