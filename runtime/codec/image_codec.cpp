#include "runtime/codec/image_codec.h"

#include "runtime/image/decode.h"
#include "runtime/image/prepare.h"
#include "runtime/image/recompress.h"

#include <cstring>
#include <utility>
#include <vector>

namespace tideline::codec {
namespace {

constexpr std::size_t kLength = sizeof(std::uint32_t);

// The fault of a client's file, which is named if there are several.
Error of_file(Error fault, std::size_t place, std::size_t count) {
  fault.kind = ErrorKind::invalid;
  return count == 1 ? fault : fault.within(fmt::format("image {} of {}", place + 1, count));
}

std::size_t pixels_size(const ImageInput& taken) {
  const image::Preparation& p = taken.preparation;
  return static_cast<std::size_t>(p.width) * static_cast<std::size_t>(p.height) *
         static_cast<std::size_t>(image::channels(p));
}

int quality_of(plan::Codec codec) {
  return codec == plan::Codec::jpeg95 ? 95 : 75;
}

// A JPEG of noise in the best quality is larger than its pixels; its tables and markers take less than 4 KiB.
std::size_t longest_file(plan::Codec codec, const ImageInput& taken) {
  return codec == plan::Codec::source ? taken.limits.bytes : 2 * pixels_size(taken) + 4096;
}

// Each file with its length before it, as in BYTES tensors of the Open Inference Protocol.
Tensor with_lengths(std::span<const Tensor> files) {
  std::size_t size = 0;
  for (const Tensor& file : files) size += kLength + file.bytes().size();
  std::shared_ptr<std::byte> wire = aligned_bytes(size);
  std::byte* to = wire.get();
  for (const Tensor& file : files) {
    const auto length = static_cast<std::uint32_t>(file.bytes().size());
    for (std::size_t i = 0; i < kLength; ++i) *to++ = static_cast<std::byte>(length >> (8 * i));
    std::memcpy(to, file.bytes().data(), length);
    to += length;
  }
  return Tensor(DType::uint8, {static_cast<std::int64_t>(size)}, std::move(wire), size);
}

// The inverse of with_lengths(); the files share the wire's memory.
Result<std::vector<Tensor>> without_lengths(std::int64_t batch, std::size_t longest,
                                            const std::shared_ptr<const std::byte>& wire, std::size_t size) {
  std::vector<Tensor> files;
  std::size_t at = 0;
  for (std::int64_t i = 0; i < batch; ++i) {
    if (size - at < kLength) return error(ErrorKind::corrupt, "the images end before the length of number {}", i + 1);
    std::size_t length = 0;
    for (std::size_t k = 0; k < kLength; ++k) length |= std::to_integer<std::size_t>(wire.get()[at + k]) << (8 * k);
    at += kLength;
    if (length == 0 || length > longest || length > size - at)
      return error(ErrorKind::corrupt, "image {} of {} has {} bytes, but {} are left, and {} are allowed", i + 1, batch,
                   length, size - at, longest);
    files.emplace_back(DType::uint8, Shape{static_cast<std::int64_t>(length)},
                       std::shared_ptr<const std::byte>(wire, wire.get() + at), length);
    at += length;
  }
  if (at != size) return error(ErrorKind::corrupt, "{} bytes follow the last image", size - at);
  return files;
}

// Applies `make` to each file, and collects the tensors.
template <typename Make>
Result<std::vector<Tensor>> for_each_file(std::span<const Tensor> files, Make make) {
  std::vector<Tensor> made;
  for (std::size_t i = 0; i < files.size(); ++i) {
    Result<Tensor> one = make(files[i]);
    if (!one) return of_file(one.error(), i, files.size());
    made.push_back(*std::move(one));
  }
  return made;
}

// One image at a time is decoded here, so a caller never waits for itself.
Result<Tensor> prepared(const Tensor& file, const ImageInput& taken) {
  if (!taken.memory) return image::prepare(file.bytes(), taken.preparation, taken.limits);
  const Result<image::Header> header = image::read_header(file.bytes(), taken.limits);
  if (!header) return header.error();
  const Bytes most{image::preparing_bytes(*header, taken.preparation)};
  const Result<MemoryGate::Share> share = taken.memory->enter(most);
  if (!share)
    return error(ErrorKind::invalid, "decoding {} x {} pixels takes {}, and all images may take {}; make it smaller",
                 header->width, header->height, to_string(most), to_string(taken.memory->all()));
  return image::prepare(file.bytes(), taken.preparation, taken.limits);
}

Result<Tensor> pixels_of(std::span<const Tensor> files, const ImageInput& taken) {
  const auto each = for_each_file(files, [&taken](const Tensor& file) { return prepared(file, taken); });
  if (!each) return each.error();
  return image::batch(*each);
}

Result<Tensor> encode_source(std::span<const Tensor> files, const ImageInput& taken) {
  const auto checked = for_each_file(files, [&taken](const Tensor& file) -> Result<Tensor> {
    if (const auto header = image::read_header(file.bytes(), taken.limits); !header) return header.error();
    return file;
  });
  if (!checked) return checked.error();
  return with_lengths(*checked);
}

Result<Tensor> encode_jpegs(plan::Codec codec, std::span<const Tensor> files, const ImageInput& taken) {
  const auto encoded = for_each_file(files, [&](const Tensor& file) -> Result<Tensor> {
    const Result<Tensor> pixels = prepared(file, taken);
    if (!pixels) return pixels.error();
    return image::encode_jpeg(*pixels, quality_of(codec));
  });
  if (!encoded) return encoded.error();
  return with_lengths(*encoded);
}

Result<Tensor> decode_jpegs(std::span<const Tensor> files, const ImageInput& taken) {
  const image::Preparation& p = taken.preparation;
  const auto each = for_each_file(files, [&p](const Tensor& file) {
    return image::decode_jpeg(file.bytes(), p.width, p.height, static_cast<std::int32_t>(image::channels(p)));
  });
  if (!each) return each.error();
  return image::normalise(image::batch(*each), p);
}

}  // namespace

Result<Tensor> input_of(std::span<const Tensor> files, const ImageInput& taken) {
  const Result<Tensor> pixels = pixels_of(files, taken);
  if (!pixels) return pixels.error();
  return image::normalise(*pixels, taken.preparation);
}

Result<Tensor> encode_images(plan::Codec codec, std::span<const Tensor> files, const ImageInput& taken) {
  if (codec == plan::Codec::source) return encode_source(files, taken);
  if (codec == plan::Codec::u8) return pixels_of(files, taken);
  return encode_jpegs(codec, files, taken);
}

SizeRange encoded_images_size(plan::Codec codec, const ImageInput& taken, std::int64_t batch) {
  const auto count = static_cast<std::uint64_t>(batch);
  if (codec == plan::Codec::u8) return {{count * pixels_size(taken)}, {count * pixels_size(taken)}};
  return {{count * (kLength + 1)}, {count * (kLength + longest_file(codec, taken))}};
}

Result<Tensor> decode_images(plan::Codec codec, const ImageInput& taken, std::int64_t batch,
                             std::shared_ptr<const std::byte> wire, std::size_t size) {
  if (const SizeRange expected = encoded_images_size(codec, taken, batch); !expected.holds(size))
    return error(ErrorKind::corrupt, "{} images as {} take {} on the wire, not {}", batch, name(codec),
                 to_string(expected), size);
  const image::Preparation& p = taken.preparation;
  if (codec == plan::Codec::u8)
    return image::normalise(Tensor(DType::uint8, {batch, p.height, p.width, image::channels(p)}, std::move(wire), size),
                            p);
  const auto files = without_lengths(batch, longest_file(codec, taken), wire, size);
  if (!files) return files.error();
  return codec == plan::Codec::source ? input_of(*files, taken) : decode_jpegs(*files, taken);
}

}  // namespace tideline::codec
