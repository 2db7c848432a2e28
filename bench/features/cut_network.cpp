#include "bench/features/cut_network.h"

#include "bench/features/coded_frames.h"
#include "bench/lib/subject.h"
#include "runtime/app/modes/image_folder.h"
#include "runtime/codec/image_codec.h"

#include <algorithm>

namespace tideline {
namespace {

using nlohmann::json;

constexpr int kTimes = 7;  // How often each head is timed.
constexpr std::uint32_t kMostPhotos = 1000;

// Returns the fastest time of the head of that cut.
Result<Duration> time_head(const model::Model& model, std::uint32_t cut, std::span<const Tensor> in) {
  Duration least = Duration::max();
  for (int i = 0; i < kTimes; ++i) {
    const TimePoint began = Clock::now();
    if (const auto out = model.run(model.head(cut), in); !out) return out.error();
    least = std::min(least, Clock::now() - began);
  }
  return least;
}

}  // namespace

Result<json> CutNetwork::cuts(const std::string& photo) const {
  const auto tensors = input(photo);
  if (!tensors) return tensors.error();
  const model::Model& model = *named_.model;
  const auto whole = time_head(model, model.last_cut(), *tensors);
  if (!whole) return whole.error();
  json told = json::array();
  for (const model::Cut& cut : model.cuts().first(model.last_cut())) {
    if (cut.dominated) continue;
    const auto before = time_head(model, cut.index, *tensors);
    if (!before) return before.error();
    json shapes = json::array();
    for (const TensorSpec& tensor : cut.tensors) shapes.push_back(tensor.dtype == DType::fp32 ? tensor.shape : Shape{});
    told.push_back({{"cut", cut.index},
                    {"name", cut.name},
                    {"bytes", cut.bytes.count},
                    {"shapes", shapes},
                    {"work", std::min(1.0, seconds(*before) / seconds(*whole))}});
  }
  return json{{"cuts", told}, {"colour", image::name(named_.image->preparation.colour)}};
}

Result<json> CutNetwork::codecs(const std::string& folder) const {
  const auto photos = modes::read_image_folder(folder, named_.image, kMostPhotos);
  if (!photos) return photos.error();
  std::vector<CodedPhotos> plans;
  for (const model::Cut& cut : named_.model->cuts().first(named_.model->last_cut()))
    for (const plan::Codec codec : cut.index == 0 ? plan::image_codecs() : plan::tensor_codecs())
      if (!cut.dominated) plans.emplace_back(cut.index, codec, *named_.task);
  for (std::uint32_t i = 0; i < photos->size(); ++i)
    if (const auto added = add_photo(photos->at(i), plans); !added) return added.error();
  json told = json::array();
  for (const CodedPhotos& plan : plans) told.push_back(plan.told());
  return told;
}

Result<void> CutNetwork::add_photo(engine::Input photo, std::vector<CodedPhotos>& plans) const {
  const model::Model& model = *named_.model;
  const auto tensors = photo.tensors();
  if (!tensors) return tensors.error();
  const auto wanted = model.run(model.whole(), *tensors);
  if (!wanted) return wanted.error();
  std::uint32_t cut = 0;
  std::vector<Tensor> crossing(tensors->begin(), tensors->end());
  for (CodedPhotos& plan : plans) {
    if (plan.cut() > cut) {
      auto next = model.run({cut, plan.cut()}, crossing);
      if (!next) return next.error();
      crossing = *std::move(next);
      cut = plan.cut();
    }
    const auto arrived = plan.add(photo, crossing);
    if (!arrived) return arrived.error();
    const auto given = model.run(model.tail(cut), *arrived);
    if (!given) return given.error();
    if (const auto judged = plan.judge(*wanted, *given); !judged) return judged;
  }
  return {};
}

Result<json> CutNetwork::clip(std::uint32_t cut, const std::string& folder) const {
  const auto clip = crossings(cut, folder);
  if (!clip) return clip.error();
  if (clip->size() < 2) return error(ErrorKind::invalid, "{}: a clip has two frames at least", folder);
  const model::Model& model = *named_.model;
  std::vector<CodedFrames> coded;
  for (const plan::Codec codec : plan::tensor_codecs())
    if (plan::is_of_steps(codec)) coded.emplace_back(codec, *named_.task);
  for (const std::vector<Tensor>& crossing : *clip) {
    const auto wanted = model.run(model.tail(cut), crossing);
    if (!wanted) return wanted.error();
    for (CodedFrames& frames : coded) {
      const auto arrived = frames.add(crossing);
      if (!arrived) return arrived.error();
      const auto given = model.run(model.tail(cut), *arrived);
      if (!given) return given.error();
      if (const auto judged = frames.judge(*wanted, *given); !judged) return judged.error();
    }
  }
  json told = json::array();
  for (const CodedFrames& frames : coded) told.push_back(frames.told());
  return told;
}

Result<json> CutNetwork::steps(std::uint32_t cut, const std::string& folder) const {
  const auto photos = crossings(cut, folder);
  if (!photos) return photos.error();
  if (photos->size() < 2) return error(ErrorKind::invalid, "{}: give two photos at least", folder);
  const std::span learned = std::span(*photos).first(photos->size() / 2),
                  rest = std::span(*photos).subspan(learned.size());
  json told = json::array();
  for (const plan::Codec codec : plan::tensor_codecs()) {
    if (!plan::is_of_steps(codec)) continue;
    FixedStep fixed(codec);
    for (const std::vector<Tensor>& tensors : learned) fixed.learn(tensors);
    const auto by_own = sent(cut, rest, [codec](const auto& tensors) { return own_step(codec, tensors); });
    if (!by_own) return by_own.error();
    const auto by_fixed = sent(cut, rest, [&fixed](const auto& tensors) { return fixed.through(tensors); });
    if (!by_fixed) return by_fixed.error();
    told.push_back({{"codec", plan::name(codec)}, {"own", *by_own}, {"fixed", *by_fixed}});
  }
  return told;
}

// Returns the tensors of the cut for each photo, in the order of the names.
Result<std::vector<std::vector<Tensor>>> CutNetwork::crossings(std::uint32_t cut, const std::string& folder) const {
  const auto inputs = modes::read_image_folder(folder, named_.image, kMostPhotos);
  if (!inputs) return inputs.error();
  std::vector<std::vector<Tensor>> photos;
  for (std::uint32_t i = 0; i < inputs->size(); ++i) {
    engine::Input input = inputs->at(i);
    const auto tensors = input.tensors();
    if (!tensors) return tensors.error();
    auto crossing = named_.model->run(named_.model->head(cut), *tensors);
    if (!crossing) return crossing.error();
    photos.push_back(*std::move(crossing));
  }
  return photos;
}

// Returns the mean bytes, and the loss, of what `through` makes of the tensors of the cut.
Result<json> CutNetwork::sent(std::uint32_t cut, std::span<const std::vector<Tensor>> photos,
                              const std::function<Result<SentTensors>(std::span<const Tensor>)>& through) const {
  Loss loss(*named_.task);
  std::size_t bytes = 0;
  for (const std::vector<Tensor>& tensors : photos) {
    const auto arrived = through(tensors);
    if (!arrived) return arrived.error();
    bytes += arrived->bytes;
    const auto wanted = named_.model->run(named_.model->tail(cut), tensors);
    if (!wanted) return wanted.error();
    const auto given = named_.model->run(named_.model->tail(cut), arrived->tensors);
    if (!given) return given.error();
    if (const auto added = loss.add(*wanted, *given); !added) return added.error();
  }
  json told = loss.told();
  told["bytes"] = static_cast<double>(bytes) / static_cast<double>(photos.size());
  return told;
}

Result<Tensor> CutNetwork::pixels(const std::string& photo) const {
  const auto file = read_photo(photo);
  if (!file) return file.error();
  return codec::encode_images(plan::Codec::u8, {&*file, 1}, *named_.image);
}

Result<std::vector<Tensor>> CutNetwork::crossing(std::uint32_t cut, const std::string& photo) const {
  const auto tensors = input(photo);
  if (!tensors) return tensors.error();
  return named_.model->run(named_.model->head(cut), *tensors);
}

Result<json> CutNetwork::answer_to_pixels(const std::string& photo, const Tensor& pixels) const {
  auto made = codec::decode_images(plan::Codec::u8, *named_.image, 1, pixels.data(), pixels.bytes().size());
  if (!made) return made.error();
  return compare(0, photo, std::vector{*std::move(made)});
}

Result<json> CutNetwork::answer_from_cut(std::uint32_t cut, const std::string& photo, const Tensor& bytes) const {
  std::vector<Tensor> tensors;
  std::size_t at = 0;
  for (const TensorSpec& spec : named_.model->cuts()[cut].tensors) {
    const auto size = byte_count(spec.dtype, spec.shape)->count;
    if (size > bytes.bytes().size() - at)
      return error(ErrorKind::invalid, "the tensors of cut {} have more bytes", cut);
    tensors.push_back(Tensor::copy_of(spec.dtype, spec.shape, bytes.bytes().subspan(at, size)));
    at += size;
  }
  return compare(cut, photo, tensors);
}

Result<std::vector<Tensor>> CutNetwork::input(const std::string& photo) const {
  const auto file = read_photo(photo);
  if (!file) return file.error();
  auto made = codec::input_of({&*file, 1}, *named_.image);
  if (!made) return made.error();
  return std::vector{*std::move(made)};
}

Result<json> CutNetwork::compare(std::uint32_t cut, const std::string& photo, std::span<const Tensor> tensors) const {
  const auto whole = crossing(named_.model->last_cut(), photo);
  if (!whole) return whole.error();
  const auto given = named_.model->run(named_.model->tail(cut), tensors);
  if (!given) return given.error();
  Loss loss(*named_.task);
  if (const auto added = loss.add(*whole, *given); !added) return added.error();
  return loss.told();
}

}  // namespace tideline
