// RowStep: one operator that was run for several requests at once: what it was given and gave, and how they lie in
// that.
#pragma once

#include "runtime/model/rows/row_lay.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline {

class RowStep {
 public:
  struct Given {
    at::IValue value;
    RowLay lay;
  };
  // A number among others that stand for a shape.
  struct Size {
    std::int64_t value = 0;  // For one request alone.
    bool counts = false;     // It is so many times as large for several.
  };

  RowStep(const torch::jit::Node& node, std::vector<Given> given, std::vector<at::IValue> made, std::int64_t count);

  const torch::jit::Node& node() const { return node_; }
  const std::vector<Given>& given() const { return given_; }
  const std::vector<at::IValue>& made() const { return made_; }
  std::int64_t count() const { return count_; }

  // The argument of that name, as the operator's schema has it; null where it has none.
  const Given* find(std::string_view name) const;

  // A tensor in which the requests lie in rows; null where it is something else. By name, or the first argument.
  const Given* rows(std::string_view name) const;
  const Given* rows() const;

  // Whether all arguments but that are the same for all requests.
  bool rest_is_same(const Given* but) const;
  bool rest_is_same(std::initializer_list<const Given*> but) const;

  // Arguments that are the same for all requests; nothing where they are not, are missing, or of another type.
  std::optional<std::int64_t> whole(std::string_view name) const;
  std::optional<std::vector<std::int64_t>> wholes(std::string_view name) const;  // One number counts as a list of it.
  bool is_true(std::string_view name) const;
  bool is_false(std::string_view name) const;
  bool is_none(std::string_view name) const;  // Or missing.

  // The numbers of a list; nothing where one of them follows from what the requests bring.
  std::optional<std::vector<Size>> sizes(std::string_view name) const;

 private:
  const torch::jit::Node& node_;
  const std::vector<Given> given_;
  const std::vector<at::IValue> made_;
  const std::int64_t count_;
};

// Returns how each part of a list or tuple lies.
std::vector<RowLay> parts_of(const RowStep::Given& list);

// Returns the dimension, counted from the front. Nothing where the rank is too small for it.
std::optional<std::int64_t> from_front(std::int64_t dim, std::int64_t rank);

inline std::int64_t rank_of(const RowStep::Given& given) {
  return given.value.toTensor().dim();
}

}  // namespace tideline
