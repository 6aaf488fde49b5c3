"""Programs that are timed in turns, and tables of what came out: what scripts/compare_pytorch and scripts/check_gpu share."""
import os
import pathlib
import platform
import select
import statistics
import subprocess
import sys
import tempfile
import time

from run_limited import stop

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / 'benchmarks/peers'
# Seconds between turns: after an answer, threads of OpenMP look for work for some milliseconds, on cores that the next turn needs.
REST = 0.2


def installed_python_with_torch(*modules):
    """A python3 that has PyTorch, and these modules too, or None."""
    candidates = [os.environ.get('DENSENF_TORCH_PYTHON'), sys.executable, str(ROOT / 'build/torch/bin/python')]
    imports = 'import ' + ', '.join(('torch', 'numpy', *modules))
    for python in filter(None, candidates):
        if os.path.exists(python) and subprocess.run([python, '-c', imports], capture_output=True).returncode == 0:
            return python
    return None


def python_with_torch(*modules, requirements=None):
    """The same; makes a virtual environment in build/torch if there is none, with the modules as the file `requirements` pins them."""
    python = installed_python_with_torch(*modules)
    if python is not None:
        return python
    subprocess.run([sys.executable, '-m', 'venv', ROOT / 'build/torch'], check=True)
    subprocess.run([ROOT / 'build/torch/bin/pip', 'install', '--quiet', 'torch', 'numpy', 'setuptools',
                    *(['-r', requirements] if requirements else [])], check=True)
    return str(ROOT / 'build/torch/bin/python')


def build_zoo(models, kind='zoo'):
    """The programs of benchmarks/zoo, or of benchmarks/published, made for this machine."""
    folder = ROOT / 'build/zoo'
    subprocess.run(['cmake', '-S', ROOT, '-B', folder, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DDENSENF_CUDA=OFF',
                    '-DDENSENF_BUILD_TESTS=OFF', '-DDENSENF_BUILD_EXAMPLES=OFF', '-DDENSENF_CPU_LEVELS=OFF',
                    '-DCMAKE_CXX_FLAGS=-march=native'], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['cmake', '--build', folder, '-j2', '--target', *(f'{kind}_{m}' for m in models)], check=True, stdout=sys.stderr)
    return {m: folder / 'benchmarks' / f'{kind}_{m}' for m in models}


class Failed(Exception):
    """A side gave no answer, for this reason."""

    def __init__(self, side, reason):
        super().__init__(f'{side}: {reason}')
        self.reason = reason


class Side:
    """A program that answers each line with the seconds that it took and the bytes of activations. Started when first
    asked, and again after a failure. `limit`: seconds to wait for an answer, for the side that compiles."""

    def __init__(self, name, command, limit=None, late='did not compile'):
        self.name = name
        self.late = late
        self.command = [str(c) for c in command]
        self.limit = limit
        self.process = None

    def start(self):
        if self.process is not None:
            return
        environment = {k: v for k, v in os.environ.items() if k not in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE')}
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True, env=environment, start_new_session=True)
        self.greeting = self.read()

    def read(self):
        if not select.select([self.process.stdout], [], [], self.limit)[0]:
            self.close(kill=True)
            raise Failed(self.name, f'{self.late} within {self.limit:.0f} s')
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.errors.seek(0)
            said = [l.strip() for l in self.errors if l.strip()]
            self.close(kill=True)
            raise Failed(self.name, said[-1].replace('|', '/') if said and code > 0 else f'ended with status {code}')
        return line.strip()

    def ask(self, case):
        self.start()
        try:
            self.process.stdin.write(case + '\n')
            self.process.stdin.flush()
        except BrokenPipeError:  # it has ended since; reading says how
            pass
        seconds, *rest = self.read().split()
        return float(seconds), int(rest[0]) if rest else 0

    def close(self, kill=False):
        if self.process is None:
            return
        if kill:
            stop(self.process)  # compilers that it started too
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            stop(self.process)
        self.errors.close()
        self.process = None


class Turn:
    """One side's part in a comparison: how long a case took it in each round (None where it failed), or why it never did. A
    case that takes less than `at_least` seconds is run again until it has taken that long; the median of these counts."""

    def __init__(self, side, case, may_fail=False, at_least=0):
        self.side, self.case, self.may_fail, self.at_least = side, case, may_fail, at_least
        self.times, self.bytes, self.failure = [], 0, None

    def take(self):
        if self.failure is not None:
            return
        try:
            runs = []
            while not runs or sum(runs) < self.at_least:
                seconds, self.bytes = self.side.ask(self.case)
                runs.append(seconds)
            self.times.append(statistics.median(runs))
        except Failed as e:
            if not self.may_fail:
                raise
            if any(self.times):
                self.times.append(None)
            else:
                self.failure = e.reason

    @property
    def seconds(self):
        return statistics.median(filter(None, self.times)) if self.failure is None else float('inf')

    def times_as_long_as(self, other):
        """The median of the rounds' ratios: a machine's good and bad minutes meet both sides of a round."""
        if self.failure is not None:
            return float('inf')
        return statistics.median(a / b for a, b in zip(self.times, other.times) if a and b)

    def __str__(self):
        return self.failure if self.failure is not None else f'{self.seconds:.3f} s'


def interleave(turns, rounds, warm_up=1):
    """Every round gives each turn once; `warm_up` rounds before the first are for compilation and first allocations."""
    for r in range(1 - warm_up, rounds + 1):
        for turn in turns:
            where = f'round {r} of {rounds}' if r > 0 else 'warming up'
            print(f'{where}: {turn.side.name}, {turn.case}', file=sys.stderr, flush=True)
            time.sleep(REST)
            turn.take()
        if r == 0:
            for turn in turns:
                turn.times.clear()
    return turns


def table(*columns):
    return ['| ' + ' | '.join(columns) + ' |', '|' + '---|' * len(columns)]


def row(*cells):
    return '| ' + ' | '.join(str(c) for c in cells) + ' |'


def megabytes(n):
    return f'{n / 1e6:.0f}'


def cpu_name():
    with open('/proc/cpuinfo') as f:
        return next((l.split(':', 1)[1].strip() for l in f if l.startswith('model name')), platform.processor())
