// RowRules: for which arguments an operator computes each request of a batch separately, and where its results lie.
//
// There are rules for operators of libtorch and for our kernels. A missing or too strict rule costs speed; a too lax
// rule gives wrong results. A rule must hold for every number of requests, not only for the one that was run: a size or
// position that the graph has as a constant stays the same for more requests.
#pragma once

#include "runtime/model/rows/row_step.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tideline::rows {

// One lay per result; nothing if separate computation is not proved.
using RowLays = std::optional<std::vector<RowLay>>;
using RowRule = RowLays (*)(const RowStep&);
using RowRules = std::unordered_map<std::string_view, RowRule>;

// Returns the result of the operator's rule for the step. REQUIRES: at least one argument is not the same for all.
RowLays lays_after(const RowStep& step);

// Adds rules by the kind of the operator, such as "aten::relu".
void add_element_rules(RowRules& rules);
void add_layer_rules(RowRules& rules);
void add_window_rules(RowRules& rules);
void add_reduction_rules(RowRules& rules);
void add_shape_rules(RowRules& rules);
void add_move_rules(RowRules& rules);
void add_choice_rules(RowRules& rules);
void add_list_rules(RowRules& rules);

RowLays lays_after_kernel(const RowStep& step);
RowLays lays_of_reduction(const RowStep& step);
RowLays lays_of_counts(const RowStep& step);  // For arithmetic with the number of requests.

// Returns that lay for all results.
RowLays alike(const RowStep& step, const RowLay& lay);

// Returns true iff the tensor may be broadcast to tensors of that lay and rank: it has the requests in the same place,
// or the same numbers for all requests.
bool goes_with(const RowLay& lay, std::int64_t rank, const RowStep::Given& tensor);

// Returns the lay of an elementwise result of the tensors, broadcast to each other.
std::optional<RowLay> broadcast(const std::vector<const RowStep::Given*>& tensors);

}  // namespace tideline::rows
