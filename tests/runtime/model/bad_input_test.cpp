#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/archives.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <limits>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace tideline {
namespace {

// While one lives, LeakSanitizer overlooks what this thread allocates: for leaks that are libtorch's own.
#if defined(__SANITIZE_ADDRESS__)
using LeaksOverlooked = __lsan::ScopedDisabler;
#else
struct LeaksOverlooked {
  LeaksOverlooked() {}
};
#endif

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The sentence with which `file` is refused; empty when it is not.
std::string refusal(const std::filesystem::path& file, const std::vector<TensorSpec>& inputs = {}) {
  const auto model = model::Model::load(file, {.inputs = inputs});
  if (model) return {};
  EXPECT_EQ(model.error().kind, ErrorKind::invalid);
  EXPECT_THAT(model.error().message, AllOf(StartsWith(file.string() + ": "), Not(HasSubstr("\n"))));
  return model.error().message;
}

std::string refusal_of(const std::string& forward, const std::string& inputs_json = R"(["fp32[1,3,16,16]"])") {
  const Scratch scratch;
  write_network(scratch / "n.pt", forward, inputs_json);
  return refusal(scratch / "n.pt");
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(BadModel, AFileThatIsNotThere) {
  const Scratch scratch;
  EXPECT_THAT(refusal(scratch / "nothing.pt"), HasSubstr("there is no such file"));
}

TEST(BadModel, AFolder) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "folder");
  EXPECT_THAT(refusal(scratch / "folder"), HasSubstr("not a readable file"));
}

TEST(BadModel, AFileThatIsNoTorchScript) {
  const Scratch scratch;
  EXPECT_THAT(refusal(scratch.write("text.pt", "hello")), HasSubstr("not a TorchScript file"));
  EXPECT_THAT(refusal(scratch.write("empty.pt", "")), HasSubstr("not a TorchScript file"));
}

TEST(BadModel, AFileThatWasCutShort) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto whole = contents(scratch / "lenet.pt");
  for (const double share : {0.1, 0.5, 0.9, 0.999}) {
    const auto size = static_cast<std::size_t>(static_cast<double>(whole.size()) * share);
    EXPECT_THAT(refusal(scratch.write("short.pt", whole.substr(0, size))), HasSubstr("not a TorchScript file"));
  }
}

TEST(BadModel, ANetworkWithoutForward) {
  EXPECT_THAT(refusal_of("def other(self, x: Tensor):\n  return x\n"), HasSubstr("no forward()"));
}

TEST(BadModel, ANetworkThatTakesNoTensor) {
  EXPECT_THAT(refusal_of("def forward(self):\n  return self.m\n"), HasSubstr("takes no tensor"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor, n: int):\n  return x * n\n"),
              HasSubstr("takes 'n' of type int; every input must be a tensor"));
  EXPECT_THAT(refusal_of("def forward(self, x: List[Tensor]):\n  return x[0]\n"), HasSubstr("must be a tensor"));
}

TEST(BadModel, ANetworkThatChangesItself) {
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  self.count += 1\n  return x * self.count\n"),
              AllOf(HasSubstr("changes its own state"), HasSubstr("writes to 'count'"),
                    HasSubstr("take 'count' as an input and return it as an output")));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  self.w3.mul_(2)\n  return x * self.w3.sum()\n"),
              HasSubstr("writes to 'w3'"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  if bool(x.sum() > 0):\n    self.count += 1\n"
                         "  return x * self.count\n"),
              HasSubstr("writes to 'count'"));
}

TEST(BadModel, AnInputOfUnknownShape) {
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return x\n", ""),
              HasSubstr("give its input's type and shape, for example --input 'fp32[1,3,224,224]'"));
}

TEST(BadModel, AnInputsJsonThatIsNone) {
  for (const auto* json : {"{", "[]", "[1]", "{\"x\": 1}", "\"fp32[1]\"", "[[\"fp32[1]\"]]"}) {
    EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return x\n", json), HasSubstr("inputs.json")) << json;
  }
  for (const auto* json : {R"(["fp33[1]"])", R"(["fp32[0]"])", R"(["fp32[1,-1]"])", R"(["fp32"])",
                           R"(["fp32[9999999999999,9999999999999]"])", R"(["fp32[1,1,1,1,1,1,1,1,1]"])"}) {
    EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return x\n", json), "") << json;
  }
}

TEST(BadModel, AnInputThatNoMemoryHolds) {
  EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return x\n", R"(["fp32[1000000000000000]"])"), "");
}

TEST(BadModel, MoreOrFewerShapesThanInputs) {
  EXPECT_THAT(
      refusal_of("def forward(self, x: Tensor, y: Tensor):\n  return x + y\n"),
      HasSubstr("takes 2 tensor(s) (x, y), but 1 are described; describe each, as in --input 'fp32[1,8] int64[1]'"));
}

TEST(BadModel, AWindowThatGoesOnByNothing) {
  EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return torch.max_pool2d(x, [2, 2], [0, 1])\n"), "");
  EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return torch.avg_pool2d(x, [2, 2], [0, 1])\n"), "");
  EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return torch.conv2d(x, self.w1, None, [0, 1])\n"), "");
  EXPECT_NE(refusal_of("def forward(self, x: Tensor):\n  return torch.conv2d(x, self.w1, groups=0)\n"), "");
}

TEST(BadModel, AShapeThatDoesNotFit) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  EXPECT_THAT(refusal(scratch / "lenet.pt", {{"", DType::fp32, {1, 3, 28, 28}}}),
              AllOf(HasSubstr("does not accept fp32[1,3,28,28]"), HasSubstr("--input")));
  EXPECT_THAT(refusal(scratch / "lenet.pt", {{"", DType::fp32, {1, 1, 60, 60}}}),
              AllOf(HasSubstr("does not accept fp32[1,1,60,60]"), HasSubstr("2704")));
  EXPECT_THAT(refusal(scratch / "lenet.pt", {{"", DType::int64, {1, 1, 28, 28}}}), HasSubstr("does not accept int64"));
  EXPECT_NE(refusal(scratch / "lenet.pt", {{"", DType::fp32, {1, 1, 0, 28}}}), "");
}

TEST(BadModel, AnOutputThatIsNoTensor) {
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return 3\n"), HasSubstr("output 0 is of type int"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return {\"a\": 3}\n"),
              HasSubstr("output 0 is of type Dict[str, int], not a tensor"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return {3: x}\n"), HasSubstr("constant names"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  d = {\"a\": x}\n  if bool(x.sum() > 0):\n"
                         "    d[\"b\"] = x\n  return d\n"),
              HasSubstr("keys depend on how forward() runs"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return (x, x.size())\n"), HasSubstr("output 1"));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return torch.complex(x, x)\n"),
              HasSubstr("not a plain tensor"));
}

TEST(BadModel, AFileThatHoldsSomethingElse) {
  const Scratch scratch;
  EXPECT_THAT(refusal(scratch.write("a.onnx", std::string("\x08\x07\x12\x07pytorch", 11))), HasSubstr("an ONNX one"));
  EXPECT_THAT(refusal(scratch.write("old.pt", std::string("\x80\x02\x8a\nl\xfc", 6))),
              HasSubstr("the output of torch.save"));
  EXPECT_THAT(refusal(scratch.write("zip.pt", std::string("PK\x03\x04", 4) + std::string(500, 'x'))),
              HasSubstr("cut short"));
  EXPECT_THAT(refusal(scratch.write("empty.pt", "")), HasSubstr("it is empty"));
}

TEST(BadModel, AFileLargerThanMemoryIsRefusedBeforeItIsRead) {
  const Scratch scratch;
  const auto file = scratch.write("large.pt", std::string_view("PK\x03\x04", 4));
  std::error_code failure;
  std::filesystem::resize_file(file, std::uintmax_t{1} << 42, failure);
  if (failure) GTEST_SKIP() << "this file system has no files of 4 TiB: " << failure.message();
  EXPECT_THAT(refusal(file), AllOf(HasSubstr("do not fit into memory"), HasSubstr("this process may take")));
}

TEST(BadModel, AnOperatorThatThisLibtorchLacks) {
  EXPECT_THAT(refusal(TIDELINE_SOURCE "/tests/runtime/model/golden/unknown_operator.torchscript"),
              AllOf(HasSubstr("mylib::myop"), HasSubstr("does not have")));
}

TEST(BadModel, AFormatThatThisLibtorchDoesNotRead) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.sigmoid(x)\n", R"(["fp32[1]"])");
  auto records = taken_apart(scratch / "n.pt");
  records.at(folder_of(records) + "version").bytes = "99\n";
  put_together(records, scratch / "n.pt");
  // libtorch's archive reader throws out of its constructor, and leaves the file's directory behind.
  const LeaksOverlooked overlooked;
  EXPECT_THAT(refusal(scratch / "n.pt"), HasSubstr("is newer than"));
}

TEST(BadModel, WhatFailsInAMethodThatForwardCallsIsASentence) {
  EXPECT_THAT(refusal_of("def third(self, x: Tensor):\n  return torch.matmul(x, self.m)\n"
                         "def second(self, x: Tensor):\n  return self.third(torch.relu(x))\n"
                         "def forward(self, x: Tensor):\n  return self.second(x + 1)\n"),
              HasSubstr("does not accept fp32[1,3,16,16]"));
}

TEST(BadModel, ANetworkThatWasTracedWhileItLearned) {
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return torch.dropout(x, 0.5, True)\n"),
              AllOf(HasSubstr("training mode"), HasSubstr("eval()")));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  v = torch.sum(self.w1, [0, 2, 3])\n"
                         "  return torch.batch_norm(x, v, v, v * 1, v * v, True, 0.1, 1e-3, True)\n"),
              HasSubstr("training mode"));
  EXPECT_EQ(refusal_of("def forward(self, x: Tensor):\n  return torch.dropout(x, 0.0, True)\n"), "");
}

TEST(BadModel, ANetworkThatDrawsRandomNumbers) {
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  return x + torch.rand_like(x)\n"),
              AllOf(HasSubstr("rand_like"), HasSubstr("draws random numbers")));
  EXPECT_THAT(refusal_of("def forward(self, x: Tensor):\n  if bool(x.sum() > 5):\n    x = torch.bernoulli(x)\n"
                         "  return x\n"),
              HasSubstr("bernoulli"));
  EXPECT_EQ(refusal_of("def forward(self, x: Tensor):\n  return torch.rrelu(x, 0.1, 0.3, False)\n"), "");
}

TEST(BadModel, WeightsThatAreNoNumbers) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.linear(x, self.m)\n",
                R"(["fp32[8]"])");
  const auto before = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(before);
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.linear(x, self.m)\n",
                  R"(["fp32[8]"])", wrong);
    EXPECT_THAT(refusal(scratch / "n.pt"), AllOf(HasSubstr("'m'"), HasSubstr("NaN or infinity")));
  }
}

TEST(BadModel, AnOutputThatIsNoPlainTensor) {
  const auto refused = [](const std::string& body) {
    return refusal_of("def forward(self, x: Tensor):\n  return " + body + "\n", R"(["fp32[4,4]"])");
  };
  EXPECT_THAT(refused("torch.complex(x, x)"), HasSubstr("output 0 holds complex numbers"));
  EXPECT_THAT(refused("(x, x.to_sparse())"), HasSubstr("output 1 is sparse"));
  EXPECT_THAT(refused("torch.quantize_per_tensor(x, 0.1, 0, 12)"), HasSubstr("is quantised"));
  EXPECT_THAT(refused("torch.nonzero(x)"), HasSubstr("holds no number at all"));
  EXPECT_THAT(refused("x[:0]"), HasSubstr("holds no number at all"));
  EXPECT_THAT(refused("\"text\""), HasSubstr("of type str"));
  EXPECT_THAT(refused("None"), HasSubstr("returns no tensor"));
}

TEST(BadModel, AnOutputWhoseShapeDependsOnTheData) {
  const auto message = refusal_of("def forward(self, x: Tensor):\n  return torch.exp(x[x <= 0])\n", R"(["fp32[100]"])");
  EXPECT_THAT(message, AllOf(HasSubstr("fp32[100] for zeros"), HasSubstr("shapes depend on its data")));
}

TEST(BadModel, ShapesThatDependOnTheDataAreReportedWhenTheyDo) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.exp(x[x < 10])\n", R"(["fp32[100]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  const std::vector<float> large(100, 11);
  const auto out =
      model->run(model->whole(), std::vector{Tensor::copy_of(DType::fp32, {100}, std::as_bytes(std::span(large)))});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().kind, ErrorKind::internal);
  EXPECT_THAT(out.error().message, HasSubstr("shapes depend on its data"));
}

TEST(BadModel, AFailureInARunIsAnErrorAndTheModelGoesOn) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.exp(x)\n  assert bool(y.sum() < 1000), \"too large\"\n"
                "  return y * 2\n",
                R"(["fp32[1]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  const float large = 50;
  const auto bad = Tensor::copy_of(DType::fp32, {1}, std::as_bytes(std::span(&large, 1)));
  const auto out = model->run(model->whole(), std::vector{bad});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().kind, ErrorKind::invalid) << "no machine would take it";
  EXPECT_THAT(out.error().message, AllOf(HasSubstr("too large"), Not(HasSubstr("\n"))));
  EXPECT_TRUE(model->warm(model->whole()));
}

}  // namespace
}  // namespace tideline
