#include "policy/table/table_difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tideline::table {
namespace {

// Cells are identified by their asked stress.
auto key_of(const plan::Stress& s) {
  const double rate = s.uplink ? s.uplink->value : -1;
  return std::tuple(rate, s.edge_cpu, s.edge_memory, s.cloud_cpu, s.cloud_memory, s.delay.value_or(Duration{}));
}
using CellKey = decltype(key_of(plan::Stress{}));

std::map<CellKey, const Cell*> by_key(const PartitionTable& table) {
  std::map<CellKey, const Cell*> cells;
  for (const Cell& cell : table.cells()) cells.emplace(key_of(cell.asked), &cell);
  return cells;
}

std::set<plan::Plan> plans_of(const PartitionTable& table) {
  std::set<plan::Plan> plans;
  for (const Estimate& estimate : table.unstressed().estimates) plans.insert(estimate.plan);
  return plans;
}

std::vector<plan::Plan> without(const std::set<plan::Plan>& all, const std::set<plan::Plan>& others) {
  std::vector<plan::Plan> left;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

class Texts {
 public:
  explicit Texts(std::vector<TextDifference>& found) : found_(found) {}
  void compare(std::string what, std::string first, std::string second) {
    if (first != second) found_.push_back({std::move(what), std::move(first), std::move(second)});
  }
  void compare(std::string_view side, const std::map<std::string, std::string>& first,
               const std::map<std::string, std::string>& second) {
    std::set<std::string> keys;
    for (const auto* texts : {&first, &second})
      for (const auto& [key, text] : *texts) keys.insert(key);
    const auto text_of = [](const auto& texts, const std::string& key) {
      const auto at = texts.find(key);
      return at == texts.end() ? std::string() : at->second;
    };
    for (const auto& key : keys) compare(fmt::format("{}.{}", side, key), text_of(first, key), text_of(second, key));
  }

 private:
  std::vector<TextDifference>& found_;
};

void compare_origins(const PartitionTable::Origin& a, const PartitionTable::Origin& b, TableDifference& difference) {
  Texts texts(difference.origin);
  texts.compare("model name", a.model_name, b.model_name);
  texts.compare("method", a.method, b.method);
  texts.compare("created", a.created, b.created);
  texts.compare("edge", a.edge, b.edge);
  texts.compare("cloud", a.cloud, b.cloud);
  texts.compare("edge precision", std::string(name(a.precisions.edge)), std::string(name(b.precisions.edge)));
  texts.compare("inputs", a.inputs, b.inputs);
  texts.compare("sequence", a.sequence, b.sequence);
  texts.compare("cloud precision", std::string(name(a.precisions.cloud)), std::string(name(b.precisions.cloud)));
}

// No condition changes the bytes in a stream: the unstressed cells have them all.
std::vector<StreamChange> stream_changes(const Cell& first, const Cell& second) {
  std::vector<StreamChange> changes;
  for (const Estimate& a : first.estimates)
    if (const Estimate* const b = second.find(a.plan); b && a.stream != b->stream)
      changes.push_back({a.plan, a.cut_name, a.stream, b->stream});
  return changes;
}

// Two cells, one of each table, with the same asked stress.
class CellPair {
 public:
  CellPair(const Cell& first, const Cell& second, const std::set<plan::Plan>& plans, double noise_floor)
      : first_(first), second_(second), plans_(plans), noise_floor_(noise_floor) {}

  void compare(TableDifference& difference) const {
    const auto common = [this](const plan::Plan& plan) { return plans_.contains(plan); };
    const Estimate& a = *first_.best(common);
    const Estimate& b = *second_.best(common);
    ++difference.common;
    if (a.plan == b.plan) {
      ++difference.unchanged;
      ++difference.within_noise;
    } else {
      difference.changes.push_back(change(a, b));
      if (!difference.changes.back().beyond_noise()) ++difference.within_noise;
    }
    const double best = seconds(b.mean.total());
    if (best > 0)
      difference.worst_regret =
          std::max(difference.worst_regret, seconds(second_.find(a.plan)->mean.total()) / best - 1);
    compare_terms(difference.terms);
  }

 private:
  BestChange change(const Estimate& a, const Estimate& b) const {
    const Estimate& b_in_first = *first_.find(b.plan);
    const Estimate& a_in_second = *second_.find(a.plan);
    double squares = 0;
    for (const Estimate* e : {&a, &b_in_first, &a_in_second, &b})
      squares += std::pow(seconds(e->ci95), 2) + std::pow(noise_floor_ * seconds(e->mean.total()), 2);
    return {first_.asked,
            a,
            b,
            b_in_first.mean.total() - a.mean.total(),
            a_in_second.mean.total() - b.mean.total(),
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::sqrt(squares)))};
  }

  void compare_terms(std::vector<TermChange>& all) const {
    static constexpr std::pair<std::string_view, Duration Terms::*> kTerms[] = {{"head", &Terms::head},
                                                                                {"encode", &Terms::encode},
                                                                                {"network", &Terms::network},
                                                                                {"queue", &Terms::queue},
                                                                                {"tail", &Terms::tail}};
    for (const Estimate& a : first_.estimates) {
      const Estimate* const b = second_.find(a.plan);
      if (!b) continue;
      for (const auto& [term, member] : kTerms)
        if (a.mean.*member != b->mean.*member)
          all.push_back({first_.asked, a.plan, a.cut_name, term, a.mean.*member, b->mean.*member});
    }
  }

  const Cell& first_;
  const Cell& second_;
  const std::set<plan::Plan>& plans_;
  const double noise_floor_;
};

void keep_largest(std::vector<TermChange>& terms) {
  const auto size = [](const TermChange& t) { return t.change() < Duration{} ? -t.change() : t.change(); };
  std::stable_sort(terms.begin(), terms.end(),
                   [&](const TermChange& a, const TermChange& b) { return size(a) > size(b); });
  if (terms.size() > TableDifference::kMostTerms) terms.resize(TableDifference::kMostTerms);
}

}  // namespace

Result<TableDifference> difference_between(const PartitionTable& first, const PartitionTable& second,
                                           double noise_floor) {
  if (first.origin().model != second.origin().model)
    return error(ErrorKind::invalid,
                 "one table is of model {:.12} and the other of {:.12}; compare tables of one model",
                 first.origin().model, second.origin().model);
  const auto plans = plans_of(first), others = plans_of(second);
  TableDifference difference;
  difference.plans_only_in_first = without(plans, others);
  difference.plans_only_in_second = without(others, plans);
  std::set<plan::Plan> common;
  std::set_intersection(plans.begin(), plans.end(), others.begin(), others.end(), std::inserter(common, common.end()));
  if (common.empty())
    return error(ErrorKind::invalid, "the tables share no plan; measure the same cuts in the same codecs");
  compare_origins(first.origin(), second.origin(), difference);
  difference.streams = stream_changes(first.unstressed(), second.unstressed());
  auto cells = by_key(second);
  for (const Cell& cell : first.cells()) {
    const auto found = cells.find(key_of(cell.asked));
    if (found == cells.end()) {
      difference.only_in_first.push_back(cell.asked);
      continue;
    }
    CellPair(cell, *found->second, common, noise_floor).compare(difference);
    cells.erase(found);
  }
  for (const Cell& cell : second.cells())
    if (cells.contains(key_of(cell.asked))) difference.only_in_second.push_back(cell.asked);
  keep_largest(difference.terms);
  return difference;
}

}  // namespace tideline::table
