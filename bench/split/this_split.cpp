// this_split ADDRESS PORT MODEL CUT INPUT OUTPUT: one inference divided between this process and `agent --cloud`.
//
// Reads the fp32 numbers of INPUT, and writes the outputs with each codec to OUTPUT.CODEC. Answers "infer CODEC COUNT"
// by milliseconds, and "agree CODEC" by the share of equal top-1, the largest relative error, and the number of inputs.
#include "bench/link/line_protocol.h"
#include "runtime/base/gate.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/session.h"
#include "runtime/link/tcp_link.h"

#include <fstream>
#include <iterator>

namespace {

using namespace tideline;

constexpr Duration kLong = std::chrono::seconds(60);
constexpr std::uint32_t kCompared = 64;

class Edge {
 public:
  Edge(std::shared_ptr<const model::Model> model, engine::Reference reference, std::uint32_t cut, wire::Endpoint cloud)
      : model_(std::move(model)),
        reference_(std::move(reference)),
        cut_(cut),
        link_(options(cloud), nullptr, silent_log()) {}

  Result<void> wait_up() const { return link_.wait_up(Clock::now() + kLong); }

  Result<std::vector<Tensor>> infer(plan::Codec codec, engine::Input input) {
    const engine::Session session(
        {.model = model_, .link = &link_, .compute = &gate_, .patience = kLong, .fall_back = false},
        {model_->digest(), cut_, codec});
    auto served = session.infer(std::move(input), Clock::now() + kLong);
    if (!served) return served.error();
    return std::move(served->outputs);
  }
  static bool fine(const Result<std::vector<Tensor>>& answer) {
    if (!answer) std::cerr << answer.error().message << "\n";
    return static_cast<bool>(answer);
  }
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

  const std::shared_ptr<const model::Model> model_;
  const engine::Reference reference_;
  const std::uint32_t cut_;
  Gate gate_{1};
  link::TcpLink link_;
};

Result<void> answer_input(const std::vector<std::string>& words) {
  model::set_compute_threads(1);
  auto model = model::Model::load(words[2], {});
  if (!model) return model.error();
  auto reference = engine::Reference::of(**model, engine::SampleInputs::random((*model)->inputs(), 1, kCompared));
  if (!reference) return reference.error();
  const TensorSpec spec = (*model)->inputs().front();
  std::ifstream file(words[4], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const Tensor input = Tensor::copy_of(spec.dtype, spec.shape, std::as_bytes(std::span(bytes)));

  Edge edge(*model, *std::move(reference), static_cast<std::uint32_t>(std::stoul(words[3])),
            {words[0], static_cast<std::uint16_t>(std::stoi(words[1]))});
  if (auto up = edge.wait_up(); !up) return up;
  for (const plan::Codec codec : plan::tensor_codecs()) {
    const auto outputs = edge.infer(codec, engine::Input({input}));
    if (!outputs) return outputs.error();
    const auto answer = outputs->front().bytes();
    std::ofstream(fmt::format("{}.{}", words[5], name(codec)), std::ios::binary)
        .write(reinterpret_cast<const char*>(answer.data()), static_cast<std::streamsize>(answer.size()));
  }
  answer_lines("this", [&](const std::string& word, const std::vector<std::size_t>& numbers) {
    const plan::Codec codec = plan::tensor_codecs()[numbers.at(0)];
    if (word == "agree") return edge.agree(codec);
    return timed(numbers.at(1), [&] { return Edge::fine(edge.infer(codec, engine::Input({input}))); });
  });
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Result<void> done = error(ErrorKind::invalid, "write this_split ADDRESS PORT MODEL CUT INPUT OUTPUT");
  if (argc == 7) done = answer_input({argv + 1, argv + argc});
  return done ? 0 : (fmt::print(stderr, "this_split: {}\n", done.error().message), 70);
}
