// A plugin of QEMU's user emulation: after each line that the program writes to stdout, prints the count of its
// instructions so far to stderr.
//
//     g++ -shared -fPIC -DQEMU_API=1 -o count.so count_instructions.cpp
//     qemu-x86_64 -plugin ./count.so,write=1 PROGRAM
//
// `write` is the number of that system call on the emulated architecture. QEMU_API is the version of QEMU's interface
// for plugins: 1 up to QEMU 8, 2 from 9 on. Debian has no header for it, so what is used is declared here.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" {

using Id = std::uint64_t;
struct qemu_plugin_tb;  // Instructions that run one after the other.

void qemu_plugin_register_vcpu_tb_trans_cb(Id id, void (*call)(Id, qemu_plugin_tb*));
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* tb, void (*call)(unsigned, void*), int flags, void* what);
void qemu_plugin_register_vcpu_syscall_cb(Id id, void (*call)(Id, unsigned, std::int64_t, std::uint64_t, std::uint64_t,
                                                              std::uint64_t, std::uint64_t, std::uint64_t,
                                                              std::uint64_t, std::uint64_t, std::uint64_t));
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* tb);

__attribute__((visibility("default"))) int qemu_plugin_version = QEMU_API;
}

namespace {

std::uint64_t executed = 0;  // Of all threads.
std::int64_t write_number = 1;

void translated(Id, qemu_plugin_tb* tb) {
  const auto add = [](unsigned, void* count) {
    __atomic_fetch_add(&executed, reinterpret_cast<std::uintptr_t>(count), __ATOMIC_RELAXED);
  };
  qemu_plugin_register_vcpu_tb_exec_cb(tb, add, 0, reinterpret_cast<void*>(qemu_plugin_tb_n_insns(tb)));
}

void called(Id, unsigned, std::int64_t number, std::uint64_t file, std::uint64_t, std::uint64_t, std::uint64_t,
            std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) {
  if (number == write_number && file == 1)
    std::fprintf(stderr, "instructions %llu\n", static_cast<unsigned long long>(executed));
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int qemu_plugin_install(Id id, const void*, int argc, char** argv) {
  constexpr std::string_view kWrite = "write=";
  for (int i = 0; i < argc; ++i)
    if (std::string_view(argv[i]).starts_with(kWrite)) write_number = std::atoll(argv[i] + kWrite.size());
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_vcpu_syscall_cb(id, called);
  return 0;
}
