#include "bench/features/coded_frames.h"

namespace tideline {

Result<std::vector<Tensor>> CodedFrames::add(std::span<const Tensor> crossing) {
  const bool first = before_.empty();
  std::vector<std::shared_ptr<const codec::Codes>> codes;
  std::vector<Tensor> arrived;
  Sum whole, difference;
  for (std::size_t i = 0; i < crossing.size(); ++i) {
    if (const auto alone = through(crossing[i], nullptr, whole); !alone) return alone.error();
    auto decoded = through(crossing[i], first ? nullptr : before_[i].get(), difference);
    if (!decoded) return decoded.error();
    arrived.push_back(std::move(decoded->tensor));
    codes.push_back(std::move(decoded->codes));
  }
  before_ = std::move(codes);
  if (first) return arrived;
  ++frames_;
  for (auto [sum, part] : {std::pair{&whole_, &whole}, std::pair{&difference_, &difference}}) {
    sum->bytes += part->bytes;
    sum->encode += part->encode;
    sum->decode += part->decode;
  }
  return arrived;
}

Result<codec::Decoded> CodedFrames::through(const Tensor& tensor, const codec::Codes* before, Sum& sum) const {
  const TimePoint began = Clock::now();
  const codec::Coded coded = codec::encode_q(codec_, tensor, before);
  const TimePoint encoded = Clock::now();
  const std::size_t size = coded.wire.bytes().size();
  auto decoded = codec::decode_q({"", tensor.dtype(), tensor.shape()}, coded.wire.data(), size,
                                 codec::Keep::tensor_and_codes, before);
  sum.decode += Clock::now() - encoded;
  sum.encode += encoded - began;
  sum.bytes += size;
  return decoded;
}

nlohmann::json CodedFrames::told() const {
  nlohmann::json told = loss_.told();
  told.update({{"codec", plan::name(codec_)},
               {"whole", static_cast<double>(whole_.bytes) / frames_},
               {"difference", static_cast<double>(difference_.bytes) / frames_},
               {"whole_encode_ms", milliseconds(whole_.encode / frames_)},
               {"whole_decode_ms", milliseconds(whole_.decode / frames_)},
               {"difference_encode_ms", milliseconds(difference_.encode / frames_)},
               {"difference_decode_ms", milliseconds(difference_.decode / frames_)}});
  return told;
}

}  // namespace tideline
