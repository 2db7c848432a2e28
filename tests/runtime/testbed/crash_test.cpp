// What stays behind when this process is killed without a word: nothing.
#include "runtime/testbed/cpu_load.h"
#include "runtime/testbed/memory_load.h"
#include "runtime/testbed/tc_shaper.h"
#include "tests/runtime/testbed/real_machine.h"

#include <sys/socket.h>

#include <sstream>

namespace tideline::testbed {
namespace {

// What the doomed process imposed, as it told us before it died.
struct Imposition {
  std::vector<pid_t> workers;
  std::vector<std::string> groups;
};

std::string told_of(const LoadWorkers& crew) {
  std::string text;
  for (const auto& worker : crew.workers()) text += fmt::format("worker {}\n", worker->pid());
  if (crew.group())
    for (const auto& directory : crew.group()->directories()) text += fmt::format("group {}\n", directory);
  return text;
}

std::string impose_all(const std::string& interface, std::vector<std::shared_ptr<void>>& kept) {
  const double share = static_cast<double>((100_MiB).count) / static_cast<double>(memory_room({})->available.count);
  auto cpu = CpuLoad::start(0.3, {}, true);
  auto memory = MemoryLoad::start(share, {}, true, Clock::now() + std::chrono::seconds(60));
  if (!cpu || !memory) return "failed\n";
  std::string text = told_of((*cpu)->crew()) + told_of((*memory)->crew());
  kept.emplace_back(std::move(*cpu));
  kept.emplace_back(std::move(*memory));
  if (!interface.empty()) {
    auto shaper = TcShaper::make({.interface = interface});
    if (!shaper || !(*shaper)->shape({10_Mbps})) return "failed\n";
    kept.emplace_back(std::move(*shaper));
  }
  return text;
}

// Forks a process that imposes everything, tells what, and waits to be killed.
pid_t start_doomed(const std::string& interface, LifePipe& line) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  std::vector<std::shared_ptr<void>> kept;
  const auto text = impose_all(interface, kept) + "done\n";
  (void)!::write(line.theirs.get(), text.data(), text.size());
  for (;;) ::pause();
}

std::string hear_all(const LifePipe& line) {
  std::string text;
  char byte = 0;
  while (!text.ends_with("done\n") && ::recv(line.ours.get(), &byte, 1, 0) == 1) text += byte;
  return text;
}

Imposition parse(const std::string& text) {
  Imposition found;
  std::istringstream words(text);
  for (std::string kind, value; words >> kind && kind != "done" && words >> value;)
    kind == "worker" ? found.workers.push_back(std::stoi(value)) : found.groups.push_back(value);
  return found;
}

bool any_runs(const Imposition& imposed) {
  for (const pid_t pid : imposed.workers)
    if (runs(pid)) return true;
  return false;
}

bool any_exists(const Imposition& imposed) {
  for (const auto& group : imposed.groups)
    if (std::filesystem::exists(group)) return true;
  return false;
}

TEST(Crash, AKilledProcessLeavesNoWorkerNoGroupAndNoShaping) {
  const Veth veth;
  const std::string interface = veth.why_not().empty() ? veth.name() : "";
  auto line = make_line();
  ASSERT_TRUE(line);
  const pid_t doomed = start_doomed(interface, *line);
  line->theirs.close();
  const auto text = hear_all(*line);
  const auto imposed = parse(text);
  const bool shaped = !interface.empty() && shown_qdiscs(interface).find("tbf") != std::string::npos;
  const bool running = any_runs(imposed);
  const bool grouped = any_exists(imposed);
  ::kill(doomed, SIGKILL);
  reap(doomed);

  EXPECT_TRUE(text.ends_with("done\n") && text.find("failed") == std::string::npos) << text;
  EXPECT_TRUE(running);
  EXPECT_EQ(shaped, !interface.empty());
  EXPECT_EQ(grouped, !imposed.groups.empty());
  EXPECT_TRUE(eventually([&] { return !any_runs(imposed); }));
  EXPECT_TRUE(eventually([&] { return !any_exists(imposed); }));
  const auto unshaped = [&] { return shown_qdiscs(interface).find("tbf") == std::string::npos; };
  EXPECT_TRUE(!shaped || eventually(unshaped));
}

TEST(Crash, AWorkerEndsWithItsOwnerEvenWithoutAGuard) {
  auto line = make_line();
  ASSERT_TRUE(line);
  const pid_t doomed = ::fork();
  if (doomed == 0) {
    auto worker = Worker::start([](int life) {
      std::uint64_t word = 0;
      worker_hears(life, word);
    });
    const pid_t pid = worker ? (*worker)->pid() : -1;
    (void)!::write(line->theirs.get(), &pid, sizeof pid);
    for (;;) ::pause();
  }
  pid_t worker = -1;
  EXPECT_EQ(::recv(line->ours.get(), &worker, sizeof worker, MSG_WAITALL), static_cast<ssize_t>(sizeof worker));
  EXPECT_TRUE(runs(worker));
  ::kill(doomed, SIGKILL);
  reap(doomed);
  EXPECT_TRUE(eventually([&] { return !runs(worker); }));
}

}  // namespace
}  // namespace tideline::testbed
