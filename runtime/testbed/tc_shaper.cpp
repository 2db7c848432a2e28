#include "runtime/testbed/tc_shaper.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sstream>

namespace tideline::testbed {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr double kSlowest = 8'000;  // bit/s; tc needs whole bytes per second, and slower links are not measured.
constexpr double kFastest = 1e12;
constexpr Duration kShortest = std::chrono::microseconds(1);  // The unit of tc's arguments.
constexpr Duration kLongest = std::chrono::seconds(10);
constexpr const char* kMostPackets = "100000";  // In the delay queue: 100 ms of 10 Gbit/s.

Result<std::string> find_tc(const std::vector<std::filesystem::path>& search) {
  for (const auto& folder : search)
    if (const auto tc = folder / "tc"; tc.is_absolute() && ::access(tc.c_str(), X_OK) == 0) return tc.string();
  return error(ErrorKind::invalid, "there is no tc program; install iproute2, or shape without an interface");
}

// Returns the interface's MTU; asks the kernel, because /sys may show another network namespace.
Result<Bytes> mtu_of(const std::string& interface) {
  ifreq request{};
  if (interface.empty() || interface.size() >= sizeof request.ifr_name || interface.find('/') != std::string::npos)
    return error(ErrorKind::invalid, "'{}' is not an interface name", interface);
  std::memcpy(request.ifr_name, interface.data(), interface.size());
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (::ioctl(socket.get(), SIOCGIFMTU, &request) != 0)
    return error(ErrorKind::invalid, "interface '{}': {}; 'ip link' lists the interfaces", interface,
                 std::strerror(errno));
  return Bytes{static_cast<std::uint64_t>(std::max(request.ifr_mtu, 576))};
}

std::string one_line(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string_view what_to_do(const std::vector<std::string>& command, const std::string& said) {
  if (said.find("not permitted") != std::string::npos) return "run as root, or with CAP_NET_ADMIN";
  if (std::ranges::find(command, "netem") != command.end())
    return "this kernel has no netem, which delays packets: load it ('modprobe sch_netem'), delay without an "
           "interface, "
           "or take rtt out of the grid";
  return "shape without an interface instead";
}

Result<std::string> run_tc(const std::vector<std::string>& command) {
  const auto end = run_program(command, Clock::now() + kPatience);
  if (!end) return end.error();
  if (end->code == 0) return end->output;
  return error(ErrorKind::invalid, "tc refused ({}); {}", one_line(end->output), what_to_do(command, end->output));
}

// The kernel's own default qdisc has handle 0; a configured one has another.
Result<void> refuse_foreign(const std::string& shown, const std::string& interface) {
  std::istringstream lines(shown);
  for (std::string line; std::getline(lines, line);) {  // "qdisc tbf 8001: root refcnt 2 rate 10Mbit ..."
    std::istringstream words(line);
    std::string qdisc, kind, handle, place;
    if (!(words >> qdisc >> kind >> handle >> place) || qdisc != "qdisc" || place != "root" || handle == "0:") continue;
    return error(ErrorKind::invalid,
                 "interface '{0}' already has a configured root qdisc ({1} {2}), which is left alone; "
                 "remove it with 'tc qdisc del dev {0} root' if it is not needed",
                 interface, kind, handle);
  }
  return {};
}

}  // namespace

Bytes bucket_of(BitsPerSecond rate, Bytes mtu) {
  return std::max(Bytes{static_cast<std::uint64_t>(std::ceil(rate.value * 0.002 / 8))}, Bytes{2 * mtu.count});
}

Result<std::unique_ptr<TcShaper>> TcShaper::make(Options options) {
  const auto mtu = mtu_of(options.interface);
  if (!mtu) return mtu.error();
  auto tc = find_tc(options.search);
  if (!tc) return tc.error();
  const auto shown = run_tc({*tc, "qdisc", "show", "dev", options.interface});
  if (!shown) return shown.error();
  if (auto ours = refuse_foreign(*shown, options.interface); !ours) return ours.error();
  return std::unique_ptr<TcShaper>(new TcShaper(std::move(*tc), std::move(options.interface), *mtu));
}

TcShaper::~TcShaper() {
  (void)lift();
}

std::vector<std::string> TcShaper::lifting() const {
  return {tc_, "qdisc", "del", "dev", interface_, "root"};
}

Result<void> TcShaper::shape(const Shaping& way) {
  if (way.rate && !(way.rate->value >= kSlowest && way.rate->value <= kFastest))
    return error(ErrorKind::invalid, "the kernel cannot shape to {} bit/s; ask for 8 kbit/s to 1 Tbit/s",
                 way.rate->value);
  if (way.delay && !(*way.delay >= kShortest && *way.delay <= kLongest))
    return error(ErrorKind::invalid, "the kernel cannot delay by {}; ask for {} to {}", to_string(*way.delay),
                 to_string(kShortest), to_string(kLongest));
  // A tree of another form is removed and rebuilt.
  if (way.rate.has_value() != way_.rate.has_value() || way.delay.has_value() != way_.delay.has_value())
    if (auto lifted = lift(); !lifted) return lifted;
  return way == Shaping{} ? Result<void>{} : set(way);
}

std::vector<std::vector<std::string>> TcShaper::setting(const Shaping& way) const {
  const std::vector<std::string> replace{tc_, "qdisc", "replace", "dev", interface_};
  const auto with = [&replace](std::vector<std::string> words) {
    words.insert(words.begin(), replace.begin(), replace.end());
    return words;
  };
  std::vector<std::vector<std::string>> commands;
  if (way.delay)
    commands.push_back(with({"root", "handle", "1:", "netem", "delay", fmt::format("{}us", way.delay->count() / 1000),
                             "limit", kMostPackets}));
  if (way.rate) {
    commands.push_back(way.delay ? with({"parent", "1:1", "handle", "10:"}) : with({"root"}));
    for (const auto& word :
         {std::string("tbf"), std::string("rate"), fmt::format("{:.0f}bit", way.rate->value), std::string("burst"),
          fmt::format("{}b", bucket_of(*way.rate, mtu_).count), std::string("latency"), std::string("400ms")})
      commands.back().push_back(word);
  }
  return commands;
}

Result<void> TcShaper::set(const Shaping& way) {
  if (!guard_) {
    auto guard = Guard::post({{}, {}, lifting()});
    if (!guard) return guard.error();
    guard_ = std::move(*guard);
  }
  for (const auto& command : setting(way)) {
    const auto done = run_tc(command);
    if (done) continue;
    // Removes a partial tree, if any, and the guard.
    (void)lift();
    return done.error().within(fmt::format("interface '{}'", interface_));
  }
  way_ = way;
  return {};
}

Result<void> TcShaper::lift() {
  if (!guard_) return {};
  const auto done = run_tc(lifting());
  guard_.reset();
  way_ = {};
  if (!done) return done.error().within(fmt::format("interface '{}'", interface_));
  return {};
}

}  // namespace tideline::testbed
