"""Counts the instructions of a network's run under QEMU's user emulation."""
import os
import re
import subprocess

from bench.lib.bed import ROOT
from bench.lib.processes import Failed
from bench.lib.turns import ALONE

SOURCE = ROOT / "bench" / "instructions" / "count_instructions.cpp"
WRITE = {"qemu-x86_64": 1, "qemu-aarch64": 64}  # The number of that system call.


class Counter:
    """Builds the plugin that counts. `command` starts the emulator, with its options; `build` has programs for it."""

    def __init__(self, bed, command, build):
        self.bed, self.command, self.program = bed, command, build / "bench" / "repeat_runs"
        if not self.program.exists():
            raise Failed(f"there is no {self.program}; build it with cmake --build --preset {build.name} --target repeat_runs", 66)
        self.plugin = bed.out / f"{command[0]}.so"
        bed.run(["g++", "-std=c++20", "-O2", "-shared", "-fPIC", f"-DQEMU_API={self.api()}", "-o", self.plugin, SOURCE])

    def api(self):
        """Returns the version of the interface for plugins that the emulator has."""
        said = self.bed.read([self.command[0], "--version"])
        return 1 if int(re.search(r"version (\d+)", said).group(1)) < 9 else 2

    def start(self, file, kernels):
        """Starts the program. Returns a function that waits for its end, and returns the instructions of its second run."""
        log = f"{file.stem}.{self.command[0]}.{kernels}.log"
        plugin = f"{self.plugin},write={WRITE[self.command[0]]}"
        process = self.bed.start([*self.command, "-plugin", plugin, self.program, file, kernels, 1], log, env=os.environ | ALONE)

        def counted():
            process.succeed()
            told = re.findall(r"^instructions (\d+)$", process.said(), re.MULTILINE)
            if len(told) != 2:
                raise Failed(f"{self.command[0]} counted {len(told)} runs instead of 2; see {log}")
            return int(told[1]) - int(told[0])
        return counted
