// Row rules: what is known of operators of libtorch, and of our kernels: with which arguments each computes every
// request of a batch apart from the others, and where the requests then lie in its results.
//
// A rule that is missing or too strict costs speed; one that is too lax costs right numbers. It must hold for every
// number of requests, not only for the one that was run: where a size or a position is written in the graph as a
// number, it stays that number when there are more.
#pragma once

#include "runtime/model/rows/row_step.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tideline {

// One for each result; nothing where it is not proved that they are computed apart.
using RowLays = std::optional<std::vector<RowLay>>;
using RowRule = RowLays (*)(const RowStep&);
using RowRules = std::unordered_map<std::string_view, RowRule>;

// Returns what the rule for that operator says of the step. REQUIRES: not all that it is given is the same.
RowLays lays_after(const RowStep& step);

// By the kind of the operator, as "aten::relu".
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
RowLays lays_of_counts(const RowStep& step);  // Where it computes with how many requests there are.

// All results lie so.
RowLays alike(const RowStep& step, const RowLay& lay);

// Whether a tensor may be broadcast to others of that lay and rank: it has the requests in the same place, or the same
// numbers for all.
bool goes_with(const RowLay& lay, std::int64_t rank, const RowStep::Given& tensor);

// How the requests lie in what is computed of the tensors, broadcast to each other, number by number.
std::optional<RowLay> broadcast(const std::vector<const RowStep::Given*>& tensors);

}  // namespace tideline
