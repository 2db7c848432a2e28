#include "profiler/fit/separable.h"

#include "profiler/fit/by_cell.h"
#include "profiler/fit/robust.h"
#include "profiler/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tideline::fit {
namespace {

using Means = std::map<std::uint32_t, double>;  // By candidate.

template <typename Counts>
Means means(std::span<const journal::Sample> samples, Duration table::Terms::* term, Counts counts) {
  std::map<std::uint32_t, std::vector<double>> times;
  for (const journal::Sample& s : samples)
    if (counts(s.cell)) times[s.candidate].push_back(ns(s.terms.*term));
  Means found;
  for (const auto& [candidate, taken] : times) found[candidate] = winsorised_mean(taken);
  return found;
}

// Returns how much a side's stress adds to a term, over the candidates that `counts` selects, to the extent that it is
// certain.
template <typename Counts>
double added(const Means& baseline, const Means& there, Counts counts) {
  std::vector<double> more;
  for (const auto& [candidate, time] : there)
    if (const auto found = baseline.find(candidate); found != baseline.end() && counts(candidate))
      more.push_back(time - found->second);
  if (more.empty()) return 0;
  const Spread spread = spread_of(more);
  return shrunk(spread.centre, spread.sd / std::sqrt(static_cast<double>(more.size())));
}

// Returns how much longer the mean of `there` is, to the extent that it is certain.
double mean_added(const std::vector<double>& here, const std::vector<double>& there) {
  if (there.empty()) return 0;
  const double before = here.empty() ? 0 : winsorised_mean(here);
  const double more = winsorised_mean(there) - before;
  return shrunk(more, standard_error(there));
}

double mean_over(const LinkFit& line, const std::vector<Transfer>& transfers) {
  std::vector<double> ratios;
  ratios.reserve(transfers.size());
  for (const Transfer& transfer : transfers) ratios.push_back(transfer.seconds / line.predict(transfer.bytes));
  return winsorised_mean(ratios);
}

}  // namespace

Result<Separable> Separable::fit(const journal::Context& context, std::span<const journal::Sample> samples,
                                 const journal::Kept& kept, double floor) {
  Separable model;
  model.sides_ = sides_of(context.cells);
  model.all_cuts_ = context.cuts;
  const std::size_t n = context.candidates.size();
  std::vector<double> counts(n);
  model.wire_.resize(n);
  for (const journal::Sample& s : samples) {
    model.wire_[s.candidate] += static_cast<double>(s.wire.count);
    ++counts[s.candidate];
  }
  for (std::size_t i = 0; i < n; ++i) {
    model.cuts_.push_back(context.candidates[i].plan.cut);
    model.wire_[i] /= std::max(1.0, counts[i]);
  }
  const auto baseline = [](std::uint32_t cell) { return cell == 0; };
  if (means(samples, &table::Terms::head, baseline).size() < n)
    return error(ErrorKind::invalid,
                 "the first cell ({}) does not have a sample of every candidate; "
                 "resume the campaign, as all other cells are predicted from it",
                 to_string(context.cells.front()));
  std::vector<std::uint32_t> each(n);
  std::iota(each.begin(), each.end(), 0u);
  const std::pair<TermFit::What, std::optional<TermFit>*> terms[] = {
      {{&table::Terms::head, TermFit::Own::edge, model.cuts_}, &model.head_},
      {{&table::Terms::encode, TermFit::Own::edge, each}, &model.encode_},
      {{&table::Terms::tail, TermFit::Own::cloud, each}, &model.tail_}};
  for (const auto& [what, place] : terms) *place = TermFit::fit(what, model.sides_, samples, kept, floor);
  model.fit_link_side(samples, kept);
  return model;
}

void Separable::fit_link_side(std::span<const journal::Sample> samples, const journal::Kept& kept) {
  std::vector<std::vector<Transfer>> transfers(sides_.links);
  for (const journal::Sample& s : samples)
    if (sides_.only_link(s.cell) && crosses(s.candidate) && s.terms.network > Duration::zero())
      transfers[sides_.link[s.cell]].push_back(
          {s.candidate, static_cast<double>(s.wire.count), seconds(s.terms.network)});
  for (const auto& of_link : transfers) {
    links_.push_back(fit_link(of_link));
    link_means_.push_back(links_.back() ? mean_over(*links_.back(), of_link) : 1);
  }

  const auto baseline = [](std::uint32_t cell) { return cell == 0; };
  const Means queue = means(samples, &table::Terms::queue, baseline);
  for (std::uint32_t i = 0; i < cuts_.size(); ++i) queue_.push_back(queue.at(i));
  const auto sends = [this](std::uint32_t candidate) { return crosses(candidate); };
  const auto any = [](std::uint32_t) { return true; };
  // What a stress adds to a term, relative to the baseline of its time.
  const auto more = [&](Duration table::Terms::* term, auto here, auto counts) {
    const auto of_kept = [&](std::uint32_t cell) { return here(cell) && kept.holds(cell); };
    const Means before = means(samples, term, of_kept);
    return before.empty() ? added(means(samples, term, baseline), means(samples, term, here), counts)
                          : added(means(kept.former, term, baseline), before, counts);
  };
  // The same of transfers, each beside what the link predicts for its bytes.
  const auto more_network = [&](auto here) {
    const auto of_kept = [&](std::uint32_t cell) { return here(cell) && kept.holds(cell); };
    const std::vector<double> before = longer(samples, of_kept);
    return before.empty() ? mean_added(longer(samples, baseline), longer(samples, here))
                          : mean_added(longer(kept.former, baseline), before);
  };
  for (std::uint32_t k = 0; k < sides_.edges; ++k) {
    const auto here = [&](std::uint32_t cell) { return sides_.only_edge(cell) && sides_.edge[cell] == k; };
    network_edge_.push_back(k == 0 ? 0 : more_network(here));
    queue_edge_.push_back(k == 0 ? 0 : more(&table::Terms::queue, here, any));
  }
  for (std::uint32_t k = 0; k < sides_.clouds; ++k) {
    const auto here = [&](std::uint32_t cell) { return sides_.only_cloud(cell) && sides_.cloud[cell] == k; };
    network_cloud_.push_back(k == 0 ? 0 : more_network(here));
    queue_cloud_.push_back(k == 0 ? 0 : more(&table::Terms::queue, here, sends));
  }
}

template <typename Counts>
std::vector<double> Separable::longer(std::span<const journal::Sample> samples, Counts counts) const {
  std::vector<double> all;
  for (const journal::Sample& s : samples) {
    const std::uint32_t link = sides_.link[s.cell];
    if (!counts(s.cell) || !crosses(s.candidate) || s.terms.network <= Duration::zero() || !links_[link]) continue;
    const double predicted = links_[link]->predict(static_cast<double>(s.wire.count)) * link_means_[link] * 1e9;
    all.push_back(ns(s.terms.network) - predicted);
  }
  return all;
}

std::optional<std::string> Separable::missing(std::uint32_t cell) const {
  for (std::uint32_t i = 0; i < cuts_.size(); ++i) {
    if (!head_->covers(cell, i) || !encode_->covers(cell, i)) return "its edge stress was not measured";
    if (crosses(i) && !tail_->covers(cell, i)) return "its cloud stress was not measured";
    if (crosses(i) && !links_[sides_.link[cell]]) return "its link was not measured";
  }
  return std::nullopt;
}

Separable::Prediction Separable::predict(std::uint32_t cell, std::uint32_t candidate) const {
  const std::uint32_t edge = sides_.edge[cell], cloud = sides_.cloud[cell];
  Prediction p;
  p.mean.head = rounded(head_->predict(cell, candidate));
  p.error.head = rounded(head_->standard_error(cell, candidate));
  p.mean.encode = rounded(encode_->predict(cell, candidate));
  p.error.encode = rounded(encode_->standard_error(cell, candidate));
  p.mean.queue =
      rounded(std::max(0.0, queue_[candidate] + queue_edge_[edge] + (crosses(candidate) ? queue_cloud_[cloud] : 0)));
  if (tail_->covers(cell, candidate)) {
    p.mean.tail = rounded(tail_->predict(cell, candidate));
    p.error.tail = rounded(tail_->standard_error(cell, candidate));
  }
  if (!crosses(candidate)) return p;
  const LinkFit& link = *links_[sides_.link[cell]];
  const double sent = link.predict(wire_[candidate]) * link_means_[sides_.link[cell]] * 1e9;
  p.mean.network = rounded(std::max(sent / 2, sent + network_edge_[edge] + network_cloud_[cloud]));
  p.error.network = rounded(sent * link.standard_error());
  return p;
}

Bytes Separable::wire(std::uint32_t candidate) const {
  return {static_cast<std::uint64_t>(std::llround(wire_[candidate]))};
}

}  // namespace tideline::fit
