"""bioarc beside Ninja, DVC, Snakemake and redun on one graph: a file, and N independent steps that copy it.

Each runner executes the graph once, then runs it again with nothing to do, in turns with the others. Shown are the
median of the runs with nothing to do, the time of the first run over N (what a step with an empty body costs), and the
peak memory of the largest process of a run with nothing to do, also as what it grows by per step since N = 1.

What a step is:
  bioarc              the stage `windows`, in a worker that is used again
  bioarc, command     an own stage whose command is `cp`, a process for each step
  Ninja, DVC, Snakemake   `cp`, a process for each step
  redun               a Python task that copies, in the process of redun

Ninja compares file times and nothing else: it is the fastest that there is. It is Debian's ninja-build, and left out
with a line where there is none. The other peers are those of the Python that runs this script: pip install dvc
snakemake redun.
"""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

INPUT = ">copied\nACGTACGTACGT\n"
PROGRAMS = pathlib.Path(sys.executable).parent


class Failure(Exception):
    """A runner that is not there, cannot do this, or took too long."""


class Runner:
    """A program, the files of its graph in `folder`, and the command that brings them up to date."""

    # Whether it is measured at the sizes that are too large for most.
    is_fast = False

    def __init__(self, folder, options):
        self.folder, self.options = folder, options

    def prepare(self, steps):
        """Writes the graph and empties what was computed."""

    def settle(self, steps):
        """Makes everything up to date in another way than a run, which would take too long."""
        raise Failure("over the limit")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def measure(self, arguments=None, limit=None):
        """Seconds, and peak bytes of the largest process, of one run that must succeed."""
        environment = dict(os.environ, DVC_NO_ANALYTICS="1", HOME=str(self.folder))
        environment["PATH"] = f"{PROGRAMS}:{environment['PATH']}"
        environment.pop("BIOARC_STORE", None)
        with open(self.folder / "log.txt", "wb") as log:
            start = time.perf_counter()
            try:
                process = subprocess.Popen(
                    [str(word) for word in arguments or self.command()], cwd=self.folder, env=environment,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            except FileNotFoundError as error:
                raise Failure(f"there is no {error.filename}")
            expired = threading.Event()

            def stop():
                expired.set()
                os.killpg(process.pid, signal.SIGKILL)

            timer = threading.Timer(limit or 3600, stop)
            timer.start()
            # A child starts with the peak of the process that made it, 15 MB here: less than any of these needs.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
        if expired.is_set():
            raise Failure("over the limit")
        if process.returncode != 0:
            lines = (self.folder / "log.txt").read_text(errors="replace").strip().splitlines()
            raise Failure(next((line for line in lines if "rror" in line), lines[-1] if lines else "failed"))
        return seconds, usage.ru_maxrss * 1024


class Bioarc(Runner):
    name, is_ours, is_fast, stage, parameter = "bioarc", True, True, "windows", "step"
    fixed = "length: 12, held-out: 0, "

    def prepare(self, steps):
        self.write("pipelines/input.fa", INPUT)
        items = ", ".join(str(item) for item in range(1, steps + 1))
        self.write(
            "pipelines/copies.yaml",
            "bioarc: 1\nname: copies\n"
            "inputs:\n  file: { path: input.fa, kind: sequences, format: fasta }\n"
            f"stages:\n  copies:\n    stage: {self.stage}\n    for: {{ item: [{items}] }}\n"
            f"    with: {{ {self.fixed}{self.parameter}: $item }}\n    in: {{ sequences: $file }}\n")
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def command(self, verb="run"):
        jobs = ["-j", self.options.jobs] if verb == "run" else []
        return [self.options.bioarc, verb, "pipelines/copies.yaml", *jobs]

    def store(self):
        """Bytes on disk and files of the store."""
        sizes = [
            os.lstat(os.path.join(folder, file)).st_blocks * 512
            for folder, _, files in os.walk(self.folder / "cache") for file in files]
        return sum(sizes), len(sizes)


class BioarcCommand(Bioarc):
    name, stage, parameter, fixed = "bioarc, command", "copy", "item", ""

    def prepare(self, steps):
        self.write(
            "stages/copy.yaml",
            "name: copy\nversion: 1\nsummary: Copy a file.\n"
            "parameters:\n"
            "  item: { type: int, minimum: 1, maximum: 1000000000, default: 1, neutral: 1, help: Which copy. }\n"
            "inputs:\n  sequences: { kinds: [sequences], help: What is copied. }\n"
            "outputs:\n  sequences: { kind: sequences, layout: file, help: The copy. }\n"
            'command: [cp, "{inputs}/sequences", "{outputs}/sequences"]\n')
        super().prepare(steps)


class Ninja(Runner):
    name, is_ours, is_fast = "Ninja", False, True

    def prepare(self, steps):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.write("input.txt", INPUT)
        edges = "".join(f"build out/{item}.txt: copy input.txt\n" for item in range(steps))
        self.write("build.ninja", f"rule copy\n  command = cp $in $out\n{edges}")

    def command(self):
        return ["ninja", "--quiet", "-j", self.options.jobs]


class DVC(Runner):
    name, is_ours = "DVC", False

    def prepare(self, steps):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.write("input.txt", INPUT)
        self.measure([PROGRAMS / "dvc", "init", "--no-scm", "-q"])
        items = ", ".join(str(item) for item in range(steps))
        self.write(
            "dvc.yaml",
            f"stages:\n  copy:\n    foreach: [{items}]\n    do:\n      cmd: cp input.txt out/${{item}}.txt\n"
            "      deps: [input.txt]\n      outs: [\"out/${item}.txt\"]\n")
        (self.folder / "out").mkdir()

    def settle(self, steps):
        for item in range(steps):
            shutil.copy(self.folder / "input.txt", self.folder / f"out/{item}.txt")
        self.measure([PROGRAMS / "dvc", "commit", "-f", "-q"], limit=20 * self.options.limit)

    def command(self):
        return [PROGRAMS / "dvc", "repro", "-q"]


class Snakemake(Runner):
    name, is_ours = "Snakemake", False

    def prepare(self, steps):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.write("input.txt", INPUT)
        self.write(
            "Snakefile",
            f'rule all:\n    input: expand("out/{{i}}.txt", i=range({steps}))\n'
            'rule copy:\n    input: "input.txt"\n    output: "out/{i}.txt"\n    shell: "cp {input} {output}"\n')

    def command(self):
        return [PROGRAMS / "snakemake", "--cores", self.options.jobs, "--quiet", "all"]


class Redun(Runner):
    name, is_ours = "redun", False

    def prepare(self, steps):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.write("input.txt", INPUT)
        self.write(
            "workflow.py",
            'from redun import File, task\n\nredun_namespace = "copies"\n\n\n'
            "@task()\ndef copy(file: File, item: int) -> File:\n"
            '    return file.copy_to(File(f"out/{item}.txt"))\n\n\n'
            f'@task()\ndef main():\n    return [copy(File("input.txt"), item) for item in range({steps})]\n')

    def command(self):
        return [PROGRAMS / "redun", "run", "workflow.py", "main"]


RUNNERS = [Bioarc, BioarcCommand, Ninja, DVC, Snakemake, Redun]


class Result:
    """What one runner did at one N."""

    def __init__(self, runner, steps):
        self.runner, self.steps = runner, steps
        self.executed = self.failure = None
        self.idle, self.plan, self.peaks = [], [], []

    def execute(self, limit):
        """The first run."""
        try:
            self.runner.prepare(self.steps)
            try:
                self.executed = self.runner.measure(limit=limit)[0]
            except Failure as failure:
                if str(failure) != "over the limit":
                    raise
                self.runner.prepare(self.steps)
                self.runner.settle(self.steps)
            # The first run after it may still note what it saw.
            self.runner.measure()
        except Failure as failure:
            self.failure = str(failure)

    def again(self):
        """One run with nothing to do, and of ours one `plan`."""
        if self.failure:
            return
        try:
            seconds, peak = self.runner.measure()
            self.idle.append(seconds)
            self.peaks.append(peak)
            if self.runner.is_ours:
                self.plan.append(self.runner.measure(self.runner.command("plan"))[0])
        except Failure as failure:
            self.failure = str(failure)


def measure(steps, kinds, options, root):
    """The results of runners at one N, measured in turns."""
    results = []
    for kind in kinds:
        result = Result(kind(root / kind.__name__, options), steps)
        result.runner.folder.mkdir(parents=True, exist_ok=True)
        results.append(result)
        result.execute(None if kind.is_fast else options.limit)
    for _ in range(options.rounds):
        for result in results:
            result.again()
    return results


def show(results, base):
    """A table of one N. Ratios are to our own figure of the same column."""
    steps = results[0].steps
    own = next((result for result in results if result.runner.is_ours and not result.failure), None)
    print(f"\n{steps:,} steps")
    head = ["", "nothing to do", "ratio", "plan", "peak", "a step", "a step executed", "ratio"]
    print("{:<16} {:>14} {:>8} {:>10} {:>10} {:>9} {:>16} {:>8}".format(*head))
    for result in results:
        if result.failure:
            print(f"{result.runner.name:<16} {result.failure}")
            continue
        idle, peak = statistics.median(result.idle), statistics.median(result.peaks)
        growth = (peak - base[result.runner.name]) / steps if result.runner.name in base else None
        cost = result.executed / steps if result.executed else None
        own_cost = own.executed / steps if own else None
        print("{:<16} {:>14} {:>8} {:>10} {:>10} {:>9} {:>16} {:>8}".format(
            result.runner.name, f"{idle * 1e3:,.0f} ms",
            f"{idle / statistics.median(own.idle):.1f}" if own else "",
            f"{statistics.median(result.plan) * 1e3:,.0f} ms" if result.plan else "", f"{peak / 2**20:,.0f} MiB",
            f"{growth:,.0f} B" if growth is not None else "", f"{cost * 1e3:,.2f} ms" if cost else "over the limit",
            f"{cost / own_cost:.1f}" if cost and own_cost else ""))
    for result in results:
        if result.runner.is_ours and not result.failure:
            size, files = result.runner.store()
            print(f"{result.runner.name}: the store has {size / steps:,.0f} bytes and {files / steps:.2f} files a step")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bioarc", default=".build/release/bioarc", help="the program to measure")
    parser.add_argument("--steps", type=int, nargs="*", default=[200, 1000], help="N for all runners")
    parser.add_argument("--own", type=int, nargs="*", default=[10_000, 100_000], help="N for bioarc and Ninja alone")
    parser.add_argument("--rounds", type=int, default=5, help="runs with nothing to do; medians are shown")
    parser.add_argument("--limit", type=float, default=120, help="seconds that a peer's first run may take")
    parser.add_argument("--jobs", type=int, default=2, help="steps at a time, where a runner can")
    parser.add_argument("--only", nargs="*", help="runners by name: " + "; ".join(kind.name for kind in RUNNERS))
    options = parser.parse_args()
    options.bioarc = os.path.abspath(options.bioarc)
    kinds = [kind for kind in RUNNERS if not options.only or kind.name in options.only]
    if Ninja in kinds and not shutil.which("ninja"):
        print("Ninja is left out: there is no program `ninja` (Debian: ninja-build)")
        kinds.remove(Ninja)
    fast = [kind for kind in kinds if kind.is_fast]
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {options.jobs} jobs, medians of {options.rounds}")
    with tempfile.TemporaryDirectory(prefix="runners-") as root:
        root = pathlib.Path(root)
        single = measure(1, kinds, argparse.Namespace(**{**vars(options), "rounds": 1}), root)
        base = {result.runner.name: result.peaks[0] for result in single if not result.failure}
        for steps in options.steps:
            show(measure(steps, kinds, options, root), base)
        for steps in options.own if fast else []:
            show(measure(steps, fast, options, root), base)


if __name__ == "__main__":
    main()
