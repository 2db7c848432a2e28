// this_split ADDRESS PORT CUT FOLDER OUT AGENT-WORD...: one inference divided between this process and `agent --cloud`.
//
// The words name the network, as to `agent --inspect`. FOLDER has photos, of which the first is asked for: OUT/input
// and OUT/input.shape get the tensor that it becomes, and OUT/output.CODEC the answer with each codec. Prints the
// codecs. A question names one by its place among them: "infer CODEC COUNT" is answered by milliseconds from the photo
// to the answer, and "agree CODEC" by the share of equal top-1, the largest relative error, and the number of photos.
#include "bench/lib/subject.h"
#include "bench/link/line_protocol.h"
#include "runtime/app/modes/image_folder.h"
#include "runtime/base/gate.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/session.h"
#include "runtime/link/tcp_link.h"

#include <fmt/ranges.h>

#include <fstream>

namespace {

using namespace tideline;

constexpr Duration kLong = std::chrono::seconds(60);
constexpr std::uint32_t kMostPhotos = 1000;

class Edge {
 public:
  Edge(modes::NamedModel named, engine::SampleInputs photos, engine::Reference reference, std::uint32_t cut,
       wire::Endpoint cloud)
      : named_(std::move(named)),
        photos_(std::move(photos)),
        reference_(std::move(reference)),
        cut_(cut),
        link_(options(cloud), nullptr, silent_log()) {}

  Result<void> wait_up() const { return link_.wait_up(Clock::now() + kLong); }

  Result<std::vector<Tensor>> infer(plan::Codec codec) { return infer(codec, photos_.at(0)); }

  std::string agree(plan::Codec codec) {
    const auto found = reference_.compare([&](engine::Input input) { return infer(codec, std::move(input)); });
    return found ? fmt::format("{} {} {}", found->top1, found->max_error, found->inputs) : "broken";
  }

 private:
  static link::TcpLink::Options options(wire::Endpoint cloud) {
    link::TcpLink::Options options;
    options.peer = std::move(cloud);
    return options;
  }
  Result<std::vector<Tensor>> infer(plan::Codec codec, engine::Input input) {
    const engine::Session session({.model = named_.model,
                                   .image = named_.image,
                                   .link = &link_,
                                   .compute = &gate_,
                                   .patience = kLong,
                                   .fall_back = false},
                                  {named_.model->digest(), cut_, codec});
    auto served = session.infer(std::move(input), {Clock::now() + kLong});
    if (!served) return served.error();
    return std::move(served->outputs);
  }

  const modes::NamedModel named_;
  const engine::SampleInputs photos_;
  const engine::Reference reference_;
  const std::uint32_t cut_;
  Gate gate_{1};
  link::TcpLink link_;
};

void write(const std::string& file, const Tensor& tensor) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(tensor.bytes().data()), static_cast<std::streamsize>(tensor.bytes().size()));
}

Result<void> write_input(const std::string& out, engine::Input photo) {
  const auto tensors = photo.tensors();
  if (!tensors) return tensors.error();
  write(out + "/input", tensors->front());
  std::ofstream(out + "/input.shape") << fmt::format("{}", fmt::join(tensors->front().shape(), " "));
  return {};
}

bool fine(const Result<std::vector<Tensor>>& answer) {
  if (!answer) std::cerr << answer.error().message << "\n";
  return static_cast<bool>(answer);
}

Result<void> answer_input(const std::vector<std::string>& words) {
  auto named = load_subject({words.begin() + 5, words.end()});
  if (!named) return named.error();
  const std::string& out = words[4];
  auto photos = modes::read_image_folder(words[3], named->image, kMostPhotos);
  if (!photos) return photos.error();
  auto reference = engine::Reference::of(*named->model, *photos);
  if (!reference) return reference.error();
  if (auto written = write_input(out, photos->at(0)); !written) return written;

  Edge edge(*named, *std::move(photos), *std::move(reference), static_cast<std::uint32_t>(std::stoul(words[2])),
            {words[0], static_cast<std::uint16_t>(std::stoi(words[1]))});
  if (auto up = edge.wait_up(); !up) return up;
  std::string names;
  for (const plan::Codec codec : plan::tensor_codecs()) {
    const auto outputs = edge.infer(codec);
    if (!outputs) return outputs.error();
    write(fmt::format("{}/output.{}", out, name(codec)), outputs->front());
    names += fmt::format("{}{}", names.empty() ? "" : " ", name(codec));
  }
  answer_lines(names, [&](const std::string& word, const std::vector<std::size_t>& numbers) {
    const plan::Codec codec = plan::tensor_codecs()[numbers.at(0)];
    if (word == "agree") return edge.agree(codec);
    return timed(numbers.at(1), [&] { return fine(edge.infer(codec)); });
  });
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Result<void> done = error(ErrorKind::invalid, "write this_split ADDRESS PORT CUT FOLDER OUT AGENT-WORD...");
  if (argc > 6) done = answer_input({argv + 1, argv + argc});
  return done ? 0 : (fmt::print(stderr, "this_split: {}\n", done.error().message), 70);
}
