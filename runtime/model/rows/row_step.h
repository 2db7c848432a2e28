// RowStep: one operator that ran for several requests at once, with its arguments, results, and their lays.
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

namespace tideline::rows {

class RowStep {
 public:
  struct Given {
    at::IValue value;
    RowLay lay;
  };
  // A size in an argument that stands for a shape.
  struct Size {
    std::int64_t value = 0;  // For one request alone.
    bool counts = false;     // For several requests it is that many times as large.
  };

  RowStep(const torch::jit::Node& node, std::vector<Given> given, std::vector<at::IValue> made, std::int64_t count);

  const torch::jit::Node& node() const { return node_; }
  const std::vector<Given>& given() const { return given_; }
  const std::vector<at::IValue>& made() const { return made_; }
  std::int64_t count() const { return count_; }

  // Returns the argument of that name in the operator's schema; null if there is none.
  const Given* find(std::string_view name) const;

  // Returns a tensor argument in which the requests lie in rows, by name or the first one; null if it is not one.
  const Given* rows(std::string_view name) const;
  const Given* rows() const;

  // Returns true iff all arguments except `but` are the same for all requests.
  bool rest_is_same(const Given* but) const;
  bool rest_is_same(std::initializer_list<const Given*> but) const;

  // Arguments that are the same for all requests; nothing if they differ, are missing, or have another type.
  std::optional<std::int64_t> whole(std::string_view name) const;
  std::optional<std::vector<std::int64_t>> wholes(std::string_view name) const;  // A single number counts as a list.
  bool is_true(std::string_view name) const;
  bool is_false(std::string_view name) const;
  bool is_none(std::string_view name) const;  // Or it is missing.

  // Returns the sizes in a list; nothing if one of them depends on the content of the requests.
  std::optional<std::vector<Size>> sizes(std::string_view name) const;

 private:
  const torch::jit::Node& node_;
  const std::vector<Given> given_;
  const std::vector<at::IValue> made_;
  const std::int64_t count_;
};

// Returns the lay of each part of a list or tuple.
std::vector<RowLay> parts_of(const RowStep::Given& list);

// Returns the dimension counted from the front; nothing if the rank is too small for it.
std::optional<std::int64_t> from_front(std::int64_t dim, std::int64_t rank);

inline std::int64_t rank_of(const RowStep::Given& given) {
  return given.value.toTensor().dim();
}

}  // namespace tideline::rows
