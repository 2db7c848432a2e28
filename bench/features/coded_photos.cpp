#include "bench/features/coded_photos.h"

#include "runtime/codec/codec.h"
#include "runtime/codec/image_codec.h"

namespace tideline {

Result<std::vector<Tensor>> CodedPhotos::add(const engine::Input& photo, std::span<const Tensor> crossing) {
  ++photos_;
  // Encodes and decodes one thing, and adds what that took.
  const auto through = [this](const auto& encode, const auto& decode) -> Result<Tensor> {
    const TimePoint began = Clock::now();
    const Result<Tensor> wire = encode();
    if (!wire) return wire.error();
    const TimePoint encoded = Clock::now();
    Result<Tensor> decoded = decode(*wire);
    decode_ += Clock::now() - encoded;
    encode_ += encoded - began;
    bytes_ += wire->bytes().size();
    return decoded;
  };
  std::vector<Tensor> arrived;
  if (plan::is_of_images(codec_)) {
    auto made = through([&] { return codec::encode_images(codec_, photo.files(), photo.taken()); },
                        [&](const Tensor& wire) {
                          return codec::decode_images(codec_, photo.taken(), 1, wire.data(), wire.bytes().size());
                        });
    if (!made) return made.error();
    return std::vector{*std::move(made)};
  }
  for (const Tensor& tensor : crossing) {
    auto made = through([&] { return Result<Tensor>(codec::encode(codec_, tensor)); },
                        [&](const Tensor& wire) {
                          const TensorSpec spec{"", tensor.dtype(), tensor.shape()};
                          return codec::decode(codec_, spec, wire.data(), wire.bytes().size());
                        });
    if (!made) return made.error();
    arrived.push_back(*std::move(made));
  }
  return arrived;
}

nlohmann::json CodedPhotos::told() const {
  nlohmann::json told = loss_.told();
  told.update({{"cut", cut_},
               {"codec", plan::name(codec_)},
               {"bytes", static_cast<double>(bytes_) / photos_},
               {"encode_ms", milliseconds(encode_ / photos_)},
               {"decode_ms", milliseconds(decode_ / photos_)}});
  return told;
}

}  // namespace tideline
