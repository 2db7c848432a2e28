#include "profiler/analysis/adaptivednn.h"

#include "profiler/journal/line_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tideline::analysis {
namespace {

constexpr std::string_view kBegin = "weights_";
constexpr std::string_view kEnd = ".txt";
constexpr std::array kUplinks{50_Mbps, 25_Mbps, 10_Mbps};
constexpr std::size_t kConditions = 243;
constexpr std::size_t kNamed = 3;           // Number of missing or misnamed files that are named.
constexpr std::size_t kMostText = 1 << 20;  // Of one file; a network of a thousand cuts takes a tenth.
constexpr std::uint32_t kMostCut = 9999;
constexpr std::size_t kFields = 4;         // Of a line.
constexpr double kLongestSeconds = 86400;  // Seconds.
// Total, edge and cloud are means over a few requests, by two clocks. Noise makes the parts a little longer than the
// total; parts of more than twice the total belong to another measurement.
constexpr int kMostBeyond = 2;

Result<double> seconds_in(std::string_view field, std::string_view what) {
  double value = 0;
  const auto [end, failed] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (failed != std::errc{} || end != field.data() + field.size() || !(value >= 0 && value <= kLongestSeconds))
    return error(ErrorKind::invalid, "{} '{}' is not a time in seconds from 0 to {}", what, field.substr(0, 40),
                 kLongestSeconds);
  return value;
}

Result<std::uint32_t> cut_in(std::string_view field) {
  std::uint32_t cut = 0;
  const auto [end, failed] = std::from_chars(field.data(), field.data() + field.size(), cut);
  if (failed != std::errc{} || end != field.data() + field.size() || cut > kMostCut)
    return error(ErrorKind::invalid, "cut '{}' is not a whole number from 0 to {}", field.substr(0, 40), kMostCut);
  return cut;
}

// Words that programs write for a time that they do not have.
bool is_no_number(std::string_view field) {
  constexpr std::array<std::string_view, 7> kWords{"nan", "inf", "infinity", "na", "n/a", "null", "none"};
  std::string word(field.substr(field.starts_with('-') || field.starts_with('+') ? 1 : 0));
  for (char& c : word)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::ranges::find(kWords, word) != kWords.end();
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  constexpr std::string_view kBlank = " \t\r";
  for (std::size_t at = line.find_first_not_of(kBlank); at != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlank, at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBlank, end);
  }
  return fields;
}

Duration rounded(double seconds) {
  return Duration(std::llround(seconds * 1e9));
}

// Reads one line. `oddity` is set if it is left out.
Result<MeasurementLine> parse_line(const std::vector<std::string_view>& fields,
                                   std::optional<journal::Oddity>& oddity) {
  if (fields.size() != kFields)
    return error(ErrorKind::invalid, "has {} fields; four are wanted: total edge cloud cut", fields.size());
  std::array<double, 3> times{};
  constexpr std::array<std::string_view, 3> kNames{"total", "edge", "cloud"};
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (is_no_number(fields[i])) {
      oddity = journal::Oddity::unmeasured;
      continue;
    }
    const auto time = seconds_in(fields[i], kNames[i]);
    if (!time) return time.error();
    times[i] = *time;
  }
  const auto cut = cut_in(fields[3]);
  if (!cut) return cut.error();
  if (oddity) return MeasurementLine{*cut};
  const Duration total = rounded(times[0]), head = rounded(times[1]), tail = rounded(times[2]);
  if (total + head + tail == Duration::zero()) {
    oddity = journal::Oddity::no_time;
    return MeasurementLine{*cut};
  }
  if (head + tail > kMostBeyond * total)
    return error(ErrorKind::invalid,
                 "edge and cloud ({} s and {} s) take more than twice the total of {} s, more than noise explains; "
                 "measure it again",
                 times[1], times[2], times[0]);
  const Duration network = total - head - tail;
  if (network >= Duration::zero()) return MeasurementLine{*cut, {.head = head, .network = network, .tail = tail}};
  return MeasurementLine{*cut, {.head = head, .tail = tail}, seconds(-network) / seconds(total)};
}

// The files of a folder, and the remarks about the missing and misnamed ones.
struct Folder {
  std::map<std::string, plan::Stress> files;
  std::vector<std::string> remarks;
};

std::string some_of(const std::vector<std::string>& names) {
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > kNamed ? " and others" : "");
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  names.reserve(kConditions);
  for (std::size_t i = 0; i < kConditions; ++i)
    names.push_back(fmt::format("{}{}{}{}{}{}{}", kBegin, i / 81, i / 27 % 3, i / 9 % 3, i / 3 % 3, i % 3, kEnd));
  return names;
}

Result<Folder> look_into(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::directory_iterator entries(path, problem);
  if (problem)
    return error(ErrorKind::invalid, "cannot be read as a folder ({}); name the folder of the files weights_ABCDE.txt",
                 problem.message());
  Folder folder;
  std::vector<std::string> misnamed, missing;
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (const auto condition = study_condition(name))
      folder.files[name] = *condition;
    else if (name.starts_with(kBegin))
      misnamed.push_back(name);
  }
  for (const std::string& name : all_names())
    if (!folder.files.contains(name)) missing.push_back(name);
  std::ranges::sort(misnamed);
  if (!misnamed.empty())
    folder.remarks.push_back(fmt::format(
        "{} not named weights_ABCDE.txt with five digits from 0 to 2, and left out: {}",
        misnamed.size() == 1 ? "1 file is" : fmt::format("{} files are", misnamed.size()), some_of(misnamed)));
  if (folder.files.empty())
    return error(ErrorKind::invalid,
                 "holds no file weights_ABCDE.txt with five digits from 0 to 2; name another folder{}",
                 folder.remarks.empty() ? "" : "; " + folder.remarks.front());
  if (!missing.empty())
    folder.remarks.push_back(fmt::format("{} of {} files are missing, and their conditions left out: {}",
                                         missing.size(), kConditions, some_of(missing)));
  if (!folder.files.contains(all_names().front()))
    folder.remarks.emplace_back(
        "the file of the unstressed condition is among them; the least stressed one replaces it");
  return folder;
}

Result<StudyFile> read_lines(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return error(ErrorKind::invalid, "is not a regular file");
  const auto text = journal::LineFile::read(file);
  if (!text) return text.error();
  return parse_study(*text);
}

// Reads the lines of one file.
class StudyReader {
 public:
  // `is_last`: the line does not end in a newline. If it also lacks fields, it was cut off.
  Result<void> read(std::string_view text, bool is_last, const std::string& place) {
    const auto fields = fields_of(text);
    std::optional<journal::Oddity> oddity;
    if (fields.empty()) oddity = journal::Oddity::blank;
    if (is_last && !fields.empty() && fields.size() < kFields) oddity = journal::Oddity::cut_off;
    if (!oddity) {
      const auto line = parse_line(fields, oddity);
      if (!line) return line.error().within(place);
      if (!oddity) return take(*line, place);
    }
    file_.odd.add(*oddity, place);
    return {};
  }

  Result<StudyFile> found() const {
    if (file_.lines.empty()) return error(ErrorKind::invalid, "holds no measurement");
    return file_;
  }

 private:
  Result<void> take(const MeasurementLine& line, const std::string& place) {
    const auto [known, is_new] = cuts_.emplace(line.cut, file_.lines.size());
    if (is_new) {
      file_.lines.push_back(line);
    } else if (file_.lines[known->second] == line) {
      file_.odd.add(journal::Oddity::repeated, place);
    } else {
      return error(ErrorKind::invalid, "{}: duplicate cut {} with other times; remove one line", place, line.cut);
    }
    return {};
  }

  StudyFile file_;
  std::map<std::uint32_t, std::size_t> cuts_;  // Where each is in file_.lines.
};

void add(const plan::Stress& condition, const std::vector<MeasurementLine>& lines, MeasurementSet& found) {
  for (const MeasurementLine& line : lines) {
    const auto plan = std::ranges::find(found.plans, line.cut, &MeasuredPlan::cut);
    const auto at = static_cast<std::uint32_t>(plan - found.plans.begin());
    if (plan == found.plans.end()) found.plans.push_back({line.cut, plan::Codec::fp32, ""});
    found.timings.push_back({static_cast<std::uint32_t>(found.conditions.size()), at, line.terms});
  }
  found.conditions.push_back(condition);
}

// Collects the lines whose parts take longer than their total, for a remark.
class Noise {
 public:
  void add(const std::string& file, const std::vector<MeasurementLine>& lines) {
    for (const MeasurementLine& line : lines) {
      ++lines_;
      if (line.beyond <= 0) continue;
      ++beyond_;
      if (line.beyond > largest_) where_ = fmt::format("{}, cut {}", file, line.cut);
      largest_ = std::max(largest_, line.beyond);
    }
  }

  void tell(std::vector<std::string>& remarks) const {
    if (beyond_ == 0) return;
    remarks.push_back(
        fmt::format("in {} of {} measurements edge and cloud add up to more than the total, by {:.2g} % at most ({}); "
                    "the network's share is taken as zero there",
                    beyond_, lines_, 100 * largest_, where_));
  }

 private:
  std::size_t lines_ = 0, beyond_ = 0;
  double largest_ = 0;
  std::string where_;
};

void sort_plans(MeasurementSet& found) {
  const auto before = found.plans;
  std::ranges::sort(found.plans, {}, &MeasuredPlan::cut);
  std::vector<std::uint32_t> place;
  place.reserve(before.size());
  for (const MeasuredPlan& plan : before)
    place.push_back(
        static_cast<std::uint32_t>(std::ranges::find(found.plans, plan.cut, &MeasuredPlan::cut) - found.plans.begin()));
  for (TimedPlan& timing : found.timings) timing.plan = place[timing.plan];
}

std::string model_of(const std::filesystem::path& folder) {
  // "DIR/" and "." do not end in a name.
  std::error_code ignored;
  const auto whole = std::filesystem::weakly_canonical(folder, ignored);
  const std::string name = whole.filename().string();
  constexpr std::string_view kPrefix = "outputs_";
  return name.starts_with(kPrefix) && name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : name;
}

}  // namespace

std::optional<plan::Stress> study_condition(std::string_view file_name) {
  if (file_name.size() != kBegin.size() + 5 + kEnd.size() || !file_name.starts_with(kBegin) ||
      !file_name.ends_with(kEnd))
    return std::nullopt;
  const std::string_view digits = file_name.substr(kBegin.size(), 5);
  if (digits.find_first_not_of("012") != digits.npos) return std::nullopt;
  const auto load = [digits](std::size_t i) { return (digits[i] - '0') / 2.0; };
  return plan::Stress{.uplink = kUplinks[static_cast<std::size_t>(digits[0] - '0')],
                      .edge_cpu = load(4),
                      .edge_memory = load(2),
                      .cloud_cpu = load(1),
                      .cloud_memory = load(3)};
}

Result<StudyFile> parse_study(std::string_view text) {
  if (text.size() > kMostText)
    return error(ErrorKind::invalid, "{} bytes are more than the limit of {} for one condition", text.size(),
                 kMostText);
  StudyReader reader;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const bool is_cut_off = end == text.npos;
    if (const auto ok = reader.read(text.substr(0, end), is_cut_off, fmt::format("line {}", number)); !ok)
      return ok.error();
    text.remove_prefix(is_cut_off ? text.size() : end + 1);
  }
  return reader.found();
}

Result<MeasurementSet> read_study(const std::filesystem::path& path) {
  const auto folder = look_into(path);
  if (!folder) return folder.error().within(path.string());
  MeasurementSet found{.model = model_of(path), .every_term = false, .remarks = folder->remarks};
  Noise noise;
  journal::Oddities odd;
  for (const auto& [name, condition] : folder->files) {
    const auto file = read_lines(path / name);
    if (!file) return file.error().within((path / name).string());
    odd.add(file->odd, name);
    noise.add(name, file->lines);
    add(condition, file->lines, found);
  }
  for (std::string& remark : odd.remarks()) found.remarks.push_back(std::move(remark));
  noise.tell(found.remarks);
  sort_plans(found);
  auto measured = tidied(std::move(found));
  return measured ? std::move(measured) : measured.error().within(path.string());
}

}  // namespace tideline::analysis
