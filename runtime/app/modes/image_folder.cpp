#include "runtime/app/modes/image_folder.h"

#include "runtime/base/file.h"
#include "runtime/engine/known_classes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tideline::modes {
namespace {

constexpr std::string_view kLabels = "labels.csv";
constexpr Bytes kLongestLabels = 64_MiB;

bool is_image_name(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 4> kEndings{".jpg", ".jpeg", ".png", ".webp"};
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

Result<std::vector<std::filesystem::path>> image_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.is_regular_file(failed) && is_image_name(entry.path())) files.push_back(entry.path());
  if (failed) return error(ErrorKind::invalid, "{}: {}; name a folder of images", folder.string(), failed.message());
  if (files.empty())
    return error(ErrorKind::invalid, "{}: there is no .jpg, .png or .webp file in it; name a folder of images",
                 folder.string());
  std::ranges::sort(files);
  return files;
}

Result<Tensor> read_image(const std::filesystem::path& path, std::size_t most) {
  const auto text = read_regular(path, {most});
  if (!text) return text.error();
  const auto bytes = std::as_bytes(std::span(text->data(), text->size()));
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(bytes.size())}, bytes);
}

Result<engine::KnownClasses> read_labels(const std::filesystem::path& folder,
                                         const std::vector<std::filesystem::path>& files) {
  const std::filesystem::path path = folder / kLabels;
  if (!std::filesystem::exists(path)) return engine::KnownClasses{};
  const auto text = read_regular(path, kLongestLabels);
  if (!text) return text.error();
  auto known = engine::parse_labels(*text);
  if (!known) return known.error().within(path.string());
  for (const auto& [name, classes] : *known)
    if (std::ranges::none_of(files, [&name](const auto& file) { return file.filename() == name; }))
      return error(ErrorKind::invalid, "{}: there is no image '{}' beside it; add it, or remove the line",
                   path.string(), name);
  return known;
}

}  // namespace

Result<engine::SampleInputs> read_image_folder(const std::filesystem::path& folder,
                                               std::shared_ptr<const codec::ImageInput> taken, std::uint32_t most) {
  const auto files = image_files(folder);
  if (!files) return files.error();
  const auto known = read_labels(folder, *files);
  if (!known) return known.error();
  std::vector<engine::SampleInputs::Image> images;
  for (const std::filesystem::path& path : *files) {
    if (images.size() == most) break;
    auto file = read_image(path, taken->limits.bytes);
    if (!file) return file.error();
    const auto found = known->find(path.filename().string());
    images.push_back(
        {path.string(), *std::move(file), found == known->end() ? std::set<std::uint32_t>{} : found->second});
  }
  return engine::SampleInputs::of_images(std::move(images), std::move(taken));
}

}  // namespace tideline::modes
