// Networks put together at random, which know nothing of batches: some mix the rows of one, and some do not.
#pragma once

#include "runtime/base/tensor.h"

#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace tideline {

class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint64_t seed) : random_(seed) {
    const std::vector<Shape> inputs{{1, 8}, {1, 4, 8}, {1, 2, 4, 8}, {2, 4, 8}, {3, 8}};
    input_ = shape_ = inputs[below(inputs.size())];
    add("x", shape_);
    const std::size_t layers = 2 + below(5);
    while (lines_.size() < layers) layer();
    if (shape_.size() > 2 && below(2) == 0) add("torch.flatten(" + last() + ", 1)", {shape_[0], numel() / shape_[0]});
  }

  std::string inputs_json() const { return "[\"" + to_string(TensorSpec{"", DType::fp32, input_}) + "\"]"; }

  // With something done to what it is given, or to what it gives: an expression of x.
  std::string source(const std::string& first = "x", const std::string& behind = "x") const {
    std::string text = "def forward(self, x: Tensor):\n  x = torch.tanh(x)\n  x = " + first + "\n";
    for (std::size_t i = 0; i < lines_.size(); ++i) text += "  v" + std::to_string(i) + " = " + lines_[i] + "\n";
    return text + "  x = torch.neg(" + last() + ")\n  return " + behind + "\n";
  }

 private:
  std::size_t below(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_); }
  std::size_t dim() { return below(shape_.size()); }
  std::string last() const { return "v" + std::to_string(lines_.size() - 1); }
  std::int64_t numel() const {
    return std::accumulate(shape_.begin(), shape_.end(), std::int64_t{1}, std::multiplies<>());
  }

  void add(std::string expression, Shape shape) {
    lines_.push_back(std::move(expression));
    shape_ = std::move(shape);
  }

  // `name(v, dim)`, as a dimension from the front or from the back.
  std::string along(const std::string& name, std::size_t dim, const std::string& more = "") {
    const auto at = static_cast<std::int64_t>(dim) - (below(2) == 0 ? std::ssize(shape_) : 0);
    return name + "(" + last() + ", " + std::to_string(at) + more + ")";
  }

  void layer() {
    using Layer = void (RandomNetwork::*)();
    constexpr Layer kLayers[] = {&RandomNetwork::element, &RandomNetwork::element,  &RandomNetwork::over,
                                 &RandomNetwork::reduced, &RandomNetwork::moved,    &RandomNetwork::moved,
                                 &RandomNetwork::merged,  &RandomNetwork::divided,  &RandomNetwork::chosen,
                                 &RandomNetwork::joined,  &RandomNetwork::products, &RandomNetwork::broadcast,
                                 &RandomNetwork::linear,  &RandomNetwork::grown};
    (this->*kLayers[below(std::size(kLayers))])();
  }

  void element() {
    const std::string v = last();
    const std::vector<std::string> kinds{
        "torch.relu(" + v + ")",           "torch.sin(" + v + ") + 1",
        v + " * torch.sigmoid(" + v + ")", "torch.where(" + v + " > 0.1, " + v + ", " + v + " * 2)",
        "torch.clamp(" + v + ", -2, 2)",   "torch.abs(" + v + ")"};
    add(kinds[below(kinds.size())], shape_);
  }

  void over() {
    const std::vector<std::string> kinds{"torch.softmax", "torch.cumsum", "torch.log_softmax"};
    const std::size_t at = dim();
    if (below(4) == 0)
      add("torch.flip(" + last() + ", [" + std::to_string(at) + "])", shape_);
    else if (below(12) == 0)
      add(last() + " - torch.mean(" + last() + ")", shape_);
    else
      add(along(kinds[below(kinds.size())], at), shape_);
  }

  void reduced() {
    const std::size_t at = dim();
    const bool keeps = shape_.size() < 2 || below(2) == 0;
    Shape shape = shape_;
    if (keeps) {
      shape[at] = 1;
    } else {
      shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const std::string keep = keeps ? ", True" : ", False";
    add(below(2) == 0 ? along("torch.max", at, keep) + "[0]" : along("torch.mean", at, keep), shape);
  }

  void moved() {
    const std::size_t a = dim(), b = dim();
    Shape shape = shape_;
    std::swap(shape[a], shape[b]);
    add(along("torch.transpose", a, ", " + std::to_string(b)), shape);
  }

  std::string size(std::size_t at, const Shape& shape) {
    if (below(2) == 0) return std::to_string(shape[at]);
    return last() + ".size(" + std::to_string(at) + ")";
  }

  // Two neighbours become one; each size is a number, asked for, or what is left.
  void merged() {
    if (shape_.size() < 2) return;
    const std::size_t at = below(shape_.size() - 1);
    Shape shape = shape_;
    shape[at] *= shape[at + 1];
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    const std::size_t left = below(2) == 0 ? below(shape.size()) : shape.size();
    std::string sizes;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      sizes += i == 0 ? "" : ", ";
      if (i == left)
        sizes += "-1";
      else if (i == at)
        sizes += below(2) == 0 ? std::to_string(shape[i]) : size(at, shape_) + " * " + size(at + 1, shape_);
      else
        sizes += size(i < at ? i : i + 1, shape_);
    }
    add("torch.reshape(" + last() + ", [" + sizes + "])", shape);
  }

  void divided() {
    const std::size_t at = dim();
    if (shape_[at] % 2 != 0 || shape_.size() > 3) return;
    Shape shape = shape_;
    shape[at] = 2;
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at) + 1, shape_[at] / 2);
    std::string sizes;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      sizes += i == 0 ? "" : ", ";
      if (i == at)
        sizes += below(2) == 0 ? "-1" : "2";
      else
        sizes += i == at + 1 ? std::to_string(shape[i]) : size(i < at ? i : i - 1, shape_);
    }
    add("torch.reshape(" + last() + ", [" + sizes + "])", shape);
  }

  void chosen() {
    const std::size_t at = dim();
    Shape shape = shape_;
    if (below(2) == 0 && shape_.size() > 1) {
      shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at));
      add(along("torch.select", at, ", 0"), shape);
    } else if (shape_[at] > 1) {
      shape[at] -= 1;
      add("torch.narrow(" + last() + ", " + std::to_string(at) + ", 1, " + std::to_string(shape[at]) + ")", shape);
    }
  }

  void joined() {
    if (numel() > 500) return;
    const std::size_t at = dim();
    Shape shape = shape_;
    shape[at] *= 2;
    add("torch.cat([" + last() + ", torch.cos(" + last() + ")], " + std::to_string(at) + ")", shape);
  }

  void products() {
    if (shape_.size() < 2) return;
    Shape shape = shape_;
    shape[shape.size() - 1] = shape[shape.size() - 2];
    add("torch.matmul(" + last() + ", torch.transpose(" + last() + ", -2, -1)) * 0.01", shape);
  }

  // With one of its own parts: one that has fewer dimensions, or is one along a dimension.
  void broadcast() {
    const std::size_t at = dim();
    if (shape_.size() > 1 && at == 0 && below(2) == 0)
      add(last() + " + " + along("torch.select", at, ", 0"), shape_);
    else
      add(last() + " + " + along("torch.narrow", at, ", 0, 1"), shape_);
  }

  void linear() {
    if (shape_.back() != 8) return;
    Shape shape = shape_;
    shape.back() = 4;
    add("torch.linear(" + last() + ", self.m)", shape);
  }

  void grown() {
    if (shape_.size() > 3) return;
    const std::size_t at = below(shape_.size() + 1);
    Shape shape = shape_;
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at), 1);
    add("torch.unsqueeze(" + last() + ", " + std::to_string(at) + ")", shape);
  }

  std::mt19937_64 random_;
  Shape input_, shape_;
  std::vector<std::string> lines_;
};

}  // namespace tideline
