#include "runtime/app/modes/image_folder.h"

#include "runtime/base/file.h"
#include "runtime/base/outside.h"
#include "runtime/engine/known_classes.h"
#include "runtime/task/classify.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>
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

// Returns the classes that labels may name.
Result<engine::NamedClasses> classes_of(const NamedModel& named) {
  const auto outputs = named.model->outputs();
  const auto count = outputs.empty() ? std::nullopt : task::classes_of(outputs.front());
  if (count) return engine::NamedClasses{*count, named.task->labels};
  return error(ErrorKind::invalid,
               "{} returns {}, and not one number per class, so its answers have no labels; remove the file, or set "
               "{}.task=detect with --image if it is a detector",
               named.name, outputs.empty() ? "nothing" : to_string(outputs.front()), named.name);
}

// Returns invalid if labels name an image that is not there.
Result<void> check_images(const engine::KnownClasses& known, const std::vector<std::filesystem::path>& files) {
  std::set<std::string> names;
  for (const std::filesystem::path& file : files) names.insert(file.filename().string());
  for (const auto& [name, classes] : known)
    if (!names.contains(name))
      return error(ErrorKind::invalid, "there is no image '{}' beside it; add it, or remove the line",
                   outside_text(name));
  return {};
}

Result<engine::KnownClasses> read_classes(const std::filesystem::path& path, const NamedModel& named,
                                          const std::vector<std::filesystem::path>& files) {
  const auto text = read_regular(path, kLongestLabels);
  if (!text) return text.error();
  const auto classes = classes_of(named);
  if (!classes) return classes.error().within(path.string());
  auto known = engine::parse_labels(*text, *classes);
  if (!known) return known.error().within(path.string());
  if (const auto there = check_images(*known, files); !there) return there.error().within(path.string());
  return known;
}

Result<std::vector<engine::SampleInputs::Image>> read_images(const std::vector<std::filesystem::path>& files,
                                                             const codec::ImageInput& taken, std::uint32_t most) {
  std::vector<engine::SampleInputs::Image> images;
  for (const std::filesystem::path& path : std::span(files).first(std::min<std::size_t>(files.size(), most))) {
    auto file = read_image(path, taken.limits.bytes);
    if (!file) return file.error();
    images.push_back({path.string(), *std::move(file)});
  }
  return images;
}

}  // namespace

Result<engine::SampleInputs> read_image_folder(const std::filesystem::path& folder,
                                               std::shared_ptr<const codec::ImageInput> taken, std::uint32_t most) {
  const auto files = image_files(folder);
  if (!files) return files.error();
  auto images = read_images(*files, *taken, most);
  if (!images) return images.error();
  return engine::SampleInputs::of_images(*std::move(images), std::move(taken));
}

Result<engine::SampleInputs> read_labelled_folder(const std::filesystem::path& folder, const NamedModel& named,
                                                  std::uint32_t most) {
  const std::filesystem::path path = folder / kLabels;
  if (named.task->detector || !std::filesystem::exists(path)) return read_image_folder(folder, named.image, most);
  const auto files = image_files(folder);
  if (!files) return files.error();
  const auto known = read_classes(path, named, *files);
  if (!known) return known.error();
  auto images = read_images(*files, *named.image, most);
  if (!images) return images.error();
  for (engine::SampleInputs::Image& image : *images)
    if (const auto found = known->find(std::filesystem::path(image.name).filename().string()); found != known->end())
      image.classes = found->second;
  auto inputs = engine::SampleInputs::of_images(*std::move(images), named.image);
  if (!inputs || inputs->labelled() > 0) return inputs;
  return error(ErrorKind::invalid,
               "{}: none of the {} images that are read has a label; label some of them, or remove the file",
               path.string(), inputs->size());
}

}  // namespace tideline::modes
