#include "runtime/engine/sample_inputs.h"

#include "runtime/image/recompress.h"
#include "runtime/model/api/model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>
#include <random>

namespace tideline::engine {
namespace {

constexpr std::int32_t kWidth = 640, kHeight = 480;

// Six waves per colour and a little noise.
Tensor draw_pixels(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto unit = [&random] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  std::array<std::array<double, 4>, 18> waves{};
  for (auto& [x, y, phase, size] : waves) {
    const double frequency = 0.002 * std::pow(40, unit()), angle = 2 * std::numbers::pi * unit();
    x = frequency * std::cos(angle), y = frequency * std::sin(angle);
    phase = 2 * std::numbers::pi * unit(), size = 0.4 / frequency;
  }
  double all = 0;
  for (const auto& wave : waves) all += wave[3] / 3;
  const std::size_t count = static_cast<std::size_t>(kWidth) * kHeight * 3;
  std::shared_ptr<std::byte> bytes = aligned_bytes(count);
  std::byte* to = bytes.get();
  for (std::int32_t row = 0; row < kHeight; ++row)
    for (std::int32_t column = 0; column < kWidth; ++column)
      for (std::size_t colour = 0; colour < 3; ++colour) {
        double sum = 0;
        for (std::size_t w = colour; w < waves.size(); w += 3)
          sum +=
              waves[w][3] * std::sin(2 * std::numbers::pi * (waves[w][0] * column + waves[w][1] * row) + waves[w][2]);
        const double value = 128 + 250 * sum / all + 16 * (unit() - 0.5);
        *to++ = static_cast<std::byte>(std::clamp(value, 0.0, 255.0));
      }
  return Tensor(DType::uint8, {kHeight, kWidth, 3}, std::move(bytes), count);
}

std::ptrdiff_t labelled_of(const std::vector<SampleInputs::Image>& images) {
  return std::ranges::count_if(images, [](const SampleInputs::Image& image) { return !image.classes.empty(); });
}

std::string text_of(const std::vector<SampleInputs::Image>& images) {
  const std::ptrdiff_t labelled = labelled_of(images);
  if (labelled == 0) return fmt::format("{} images", images.size());
  if (labelled == std::ssize(images)) return fmt::format("{} labelled images", images.size());
  return fmt::format("{} images, {} of them labelled", images.size(), labelled);
}

}  // namespace

SampleInputs SampleInputs::random(std::span<const TensorSpec> specs, std::uint64_t seed, std::uint32_t count) {
  SampleInputs inputs;
  inputs.specs_.assign(specs.begin(), specs.end());
  inputs.seed_ = seed;
  inputs.count_ = count;
  return inputs;
}

SampleInputs SampleInputs::random_images(std::shared_ptr<const codec::ImageInput> taken, std::uint64_t seed,
                                         std::uint32_t count) {
  SampleInputs inputs;
  inputs.taken_ = std::move(taken);
  for (std::uint32_t i = 0; i < count; ++i)
    if (auto file = image::encode_jpeg(draw_pixels(seed + i), 90)) inputs.images_.push_back({"", *std::move(file)});
  inputs.text_ = "random images";
  return inputs;
}

Result<SampleInputs> SampleInputs::of_images(std::vector<Image> images,
                                             std::shared_ptr<const codec::ImageInput> taken) {
  for (const Image& image : images)
    if (const auto decoded = codec::input_of({&image.file, 1}, *taken); !decoded)
      return decoded.error().within(image.name);
  SampleInputs inputs;
  inputs.taken_ = std::move(taken);
  inputs.text_ = text_of(images);
  inputs.images_ = std::move(images);
  return inputs;
}

SampleInputs SampleInputs::of_clients(std::vector<Input> given) {
  SampleInputs inputs;
  inputs.text_ = fmt::format("{} inputs of clients", given.size());
  inputs.given_ = std::move(given);
  return inputs;
}

std::uint32_t SampleInputs::size() const {
  if (!given_.empty()) return static_cast<std::uint32_t>(given_.size());
  return taken_ ? static_cast<std::uint32_t>(images_.size()) : count_;
}

Input SampleInputs::at(std::uint32_t i) const {
  if (!given_.empty()) return given_[i];
  if (taken_) return Input({images_[i].file}, *taken_);
  return Input(model::random_tensors(specs_, seed_ + i));
}

std::set<std::uint32_t> SampleInputs::classes(std::uint32_t i) const {
  return taken_ ? images_[i].classes : std::set<std::uint32_t>{};
}

std::uint32_t SampleInputs::labelled() const {
  return static_cast<std::uint32_t>(labelled_of(images_));
}

SampleInputs SampleInputs::first(std::uint32_t count) const {
  const bool counted = text_ == text_of(images_);  // Random images are not.
  SampleInputs some = *this;
  some.count_ = std::min(count_, count);
  if (images_.size() > count) some.images_.resize(count);
  if (counted) some.text_ = text_of(some.images_);
  if (given_.size() > count) some = of_clients({given_.begin(), given_.begin() + count});
  return some;
}

}  // namespace tideline::engine
