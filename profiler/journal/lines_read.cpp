#include "profiler/journal/lines_read.h"

#include "policy/table/input_limits.h"
#include "policy/table/json_fields.h"
#include "policy/table/json_text.h"
#include "policy/table/json_values.h"
#include "profiler/journal/campaign_checks.h"
#include "profiler/journal/lines_write.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tideline::journal {
namespace {

constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMost64 = std::numeric_limits<std::uint64_t>::max();

std::uint32_t number(table::JsonFields& fields, std::string_view key) {
  return static_cast<std::uint32_t>(fields.whole(key, 0, kMost32));
}

void read_model(table::JsonFields fields, Context& context) {
  context.model = fields.text("digest");
  context.model_name = fields.text("name");
  context.cuts = number(fields, "cuts");
  fields.end();
}

Candidate candidate_from(table::JsonFields& fields, const Context& context) {
  Candidate candidate;
  candidate.plan = plan_from(fields, context.model, context.cuts);
  candidate.cut_name = fields.text("cut_name");
  candidate.bytes = {fields.whole("bytes", 0, table::kMostWire.count)};
  fields.end();
  return candidate;
}

Result<Context> context_from(table::JsonFields fields, const std::optional<Error>& fault) {
  Context context;
  if (fields.text("format") != "tideline-samples" && !fault)
    return error(ErrorKind::invalid, "format: not a journal of measurements");
  if (const auto version = fields.whole("version", 0, kMost32); version != 4 && !fault)
    return error(ErrorKind::invalid, "version: {} is not 4; start a new file", version);
  read_model(fields.object("model"), context);
  context.method = fields.value_of(parse_method(fields.text("method")), "method");
  context.shards = number(fields, "shards");
  if (fields.has("shard")) context.shard = number(fields, "shard");
  for (const std::uint64_t anchor : fields.wholes("anchors", kMostAnchors, kMost32))
    context.anchors.push_back(static_cast<std::uint32_t>(anchor));
  context.repetitions = number(fields, "repetitions");
  context.compared = number(fields, "compared");
  context.seed = fields.whole("seed", 0, kMost64);
  context.created = fields.text("created");
  context.edge = fields.named_texts("edge");
  context.cloud = fields.named_texts("cloud");
  context.precisions = precisions_from(fields.object("precision"));
  if (fields.has("inputs")) context.inputs = fields.text("inputs");
  if (fields.has("sequence")) context.sequence = fields.text("sequence");
  for (table::JsonFields& candidate : fields.objects("candidates", table::kMostPlans))
    context.candidates.push_back(candidate_from(candidate, context));
  for (table::JsonFields& cell : fields.objects("cells", table::kMostCells))
    context.cells.push_back(stress_from(std::move(cell)));
  fields.end();
  if (fault) return *fault;
  if (auto ok = check(context); !ok) return ok.error();
  return context;
}

// Reads lines into `lines`.
class LineReader {
 public:
  explicit LineReader(Lines& lines) : lines_(lines) {}

  // Reads the next line.
  Result<void> read(std::string_view text) {
    ++number_;
    if (text.find_first_not_of(" \t\r") == text.npos) return leave_out(Oddity::blank);
    const auto document = table::parse_json(text);
    if (!document) return document.error();
    std::optional<Error> fault;
    table::JsonFields fields(*document, "", fault);
    const std::string type = fields.text("type");
    if (fault) return *fault;
    if (!lines_.measured) return type == "context" ? take_context(fields, fault) : no_context();
    if (type == "sample") return take_sample(fields, fault);
    if (type == "anchor") return take_anchor(fields, fault);
    if (type == "agreement") return take_agreement(fields, fault);
    if (type == "stream") return take_stream(fields, fault);
    if (type == "failure") return pass_failure(fields, fault);
    if (type == "imposed") return take_imposed(fields, fault);
    if (type == "unreached") return take_unreached(fields, fault);
    if (type == "finished") return take_finished(fields, fault);
    if (type == "former") return take_former(fields, fault);
    if (type == "kept") return take_kept(fields, fault);
    if (type == "context") return compare_context(fields, fault);
    return leave_out(Oddity::unknown_type);
  }

 private:
  static Result<void> no_context() {
    return error(ErrorKind::invalid, "type: a journal begins with its context; not a journal of measurements");
  }

  Result<void> leave_out(Oddity oddity) {
    lines_.odd.add(oddity, fmt::format("line {}", number_));
    return {};
  }

  // A measurement came a second time. Returns invalid unless its result is the same.
  Result<void> repeated(bool same, std::string_view what) {
    if (same) return leave_out(Oddity::repeated);
    return error(ErrorKind::invalid, "{} was measured already, with another result; remove one line", what);
  }

  // Two journals of one campaign in one file are no contradiction.
  Result<void> compare_context(table::JsonFields& fields, const std::optional<Error>& fault) {
    const auto other = context_from(fields, fault);
    if (!other) return other.error();
    if (const auto differs = difference(*other, context()))
      return error(ErrorKind::invalid,
                   "a second context, of another campaign: {}; keep each campaign in a file of its own", *differs);
    return leave_out(Oddity::repeated);
  }

  Result<void> take_context(table::JsonFields& fields, const std::optional<Error>& fault) {
    auto context = context_from(fields, fault);
    if (!context) return context.error();
    lines_.taken.resize(measurements_of(*context));
    lines_.measured = begun(*std::move(context));
    return {};
  }

  static Sample sample_from(table::JsonFields& fields) {
    Sample sample{number(fields, "cell"), number(fields, "candidate"), number(fields, "repetition"), {}, {}, {}, {}};
    sample.wire = {fields.whole("wire_bytes", 0, table::kMostWire.count)};
    sample.terms = terms_from(fields.object("terms"));
    sample.seen = conditions_from(fields.object("seen"));
    sample.at = fields.time("at_ns");
    fields.end();
    return sample;
  }

  Result<void> take_former(table::JsonFields& fields, const std::optional<Error>& fault) {
    const Sample sample = sample_from(fields);
    if (fault) return *fault;
    if (auto ok = check(sample, context()); !ok) return ok;
    if (sample.cell != 0)
      return error(ErrorKind::invalid, "cell: {} is not the baseline, of which alone there are former samples",
                   sample.cell);
    std::vector<Sample>& former = lines_.measured->kept.former;
    const auto [known, is_new] = former_.emplace(std::pair(sample.candidate, sample.repetition), former.size());
    if (!is_new)
      return repeated(former[known->second] == sample,
                      fmt::format("the former candidate {}, repetition {}", sample.candidate, sample.repetition));
    former.push_back(sample);
    return {};
  }

  Result<void> take_kept(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t cell = number(fields, "cell");
    fields.note(check_step(cell, 0, 0, context()));
    fields.end();
    if (!fault) lines_.measured->kept.cells.insert(cell);
    return outcome(fault);
  }

  Result<void> take_sample(table::JsonFields& fields, const std::optional<Error>& fault) {
    const Sample sample = sample_from(fields);
    if (fault) return *fault;
    if (auto ok = check(sample, context()); !ok) return ok;
    if (sample.terms.total() == Duration::zero()) return leave_out(Oddity::no_time);
    const std::size_t place = place_of(context(), sample.cell, sample.candidate, sample.repetition);
    if (lines_.taken[place])
      return repeated(sample_at(place) == sample, fmt::format("cell {}, candidate {}, repetition {}", sample.cell,
                                                              sample.candidate, sample.repetition));
    lines_.taken[place] = true;
    lines_.measured->samples.push_back(sample);
    return {};
  }

  Result<void> take_anchor(table::JsonFields& fields, const std::optional<Error>& fault) {
    AnchorSample sample{number(fields, "shard"),
                        number(fields, "visit"),
                        number(fields, "candidate"),
                        number(fields, "repetition"),
                        {},
                        {}};
    sample.terms = terms_from(fields.object("terms"));
    sample.at = fields.time("at_ns");
    fields.end();
    if (fault) return *fault;
    if (auto ok = check(sample, context()); !ok) return ok;
    if (sample.terms.total() == Duration::zero()) return leave_out(Oddity::no_time);
    auto& anchors = lines_.measured->anchors;
    const auto [known, is_new] =
        anchors_.emplace(std::tuple(sample.shard, sample.visit, sample.candidate, sample.repetition), anchors.size());
    if (!is_new)
      return repeated(anchors[known->second] == sample,
                      fmt::format("shard {}, visit {}, candidate {}, repetition {}", sample.shard, sample.visit,
                                  sample.candidate, sample.repetition));
    anchors.push_back(sample);
    return {};
  }

  Result<void> take_agreement(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t candidate = number(fields, "candidate");
    const plan::Agreement agreement = agreement_from(fields);
    fields.end();
    if (fault) return *fault;
    if (auto ok = check(candidate, agreement, context()); !ok) return ok;
    if (const auto& known = lines_.measured->agreements[candidate])
      return repeated(*known == agreement, fmt::format("the agreement of candidate {}", candidate));
    lines_.measured->agreements[candidate] = agreement;
    return {};
  }

  Result<void> take_stream(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t candidate = number(fields, "candidate");
    const Bytes bytes{fields.whole("stream_bytes", 0, table::kMostWire.count)};
    fields.end();
    if (fault) return *fault;
    if (auto ok = check_stream(candidate, bytes, context()); !ok) return ok;
    if (const auto& known = lines_.measured->streams[candidate])
      return repeated(*known == bytes, fmt::format("the stream of candidate {}", candidate));
    lines_.measured->streams[candidate] = bytes;
    return {};
  }

  Result<void> pass_failure(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t cell = number(fields, "cell");
    const std::uint32_t candidate = number(fields, "candidate");
    fields.note(check_step(cell, candidate, number(fields, "repetition"), context()));
    fields.text("reason");
    fields.end();
    return outcome(fault);
  }

  Result<void> take_imposed(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t cell = number(fields, "cell");
    fields.note(check_step(cell, 0, 0, context()));
    ImposedLoad imposed{stress_from(fields.object("achieved")), fields.texts("remarks")};
    fields.end();
    if (!fault) lines_.measured->imposed[cell] = std::move(imposed);
    return outcome(fault);
  }

  Result<void> take_unreached(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t cell = number(fields, "cell");
    fields.note(check_step(cell, 0, 0, context()));
    std::string reason = fields.text("reason");
    fields.end();
    if (!fault) lines_.measured->unreached[cell] = std::move(reason);
    return outcome(fault);
  }

  Result<void> take_finished(table::JsonFields& fields, const std::optional<Error>& fault) {
    const std::uint32_t cell = number(fields, "cell");
    fields.note(check_step(cell, 0, 0, context()));
    fields.end();
    if (!fault) lines_.measured->finished[cell] = true;
    return outcome(fault);
  }

  static Result<void> outcome(const std::optional<Error>& fault) {
    return fault ? Result<void>(*fault) : Result<void>();
  }

  const Context& context() const { return lines_.measured->context; }

  // REQUIRES: it is taken. Repeated lines are few, so their places are learnt only once there is one.
  const Sample& sample_at(std::size_t place) {
    const std::vector<Sample>& all = lines_.measured->samples;
    for (; learnt_ < all.size(); ++learnt_)
      places_[place_of(context(), all[learnt_].cell, all[learnt_].candidate, all[learnt_].repetition)] = learnt_;
    return all[places_.at(place)];
  }

  Lines& lines_;
  std::size_t number_ = 0;                               // Of the line that was read last.
  std::unordered_map<std::size_t, std::size_t> places_;  // Where the first `learnt_` samples are, by place_of().
  std::size_t learnt_ = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> former_;  // Where each is in kept.former.
  // Where each is in lines_.measured->anchors.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::size_t> anchors_;
};

}  // namespace

Result<Lines> parse_lines(std::string_view text) {
  Lines lines;
  LineReader reader(lines);
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\n', lines.complete);
    if (end == text.npos) {
      if (lines.complete < text.size()) lines.odd.add(Oddity::cut_off, fmt::format("line {}", number));
      return lines;
    }
    if (auto ok = reader.read(text.substr(lines.complete, end - lines.complete)); !ok)
      return ok.error().within(fmt::format("line {}", number));
    lines.complete = end + 1;
  }
}

}  // namespace tideline::journal
