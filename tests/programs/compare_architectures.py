"""scripts/compare_architectures with one small architecture for seconds: it is interrupted, goes on, and its table has what it measured.

    compare_architectures.py <folder> <programs>
"""
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'scripts/compare_architectures'
output, programs = map(pathlib.Path, sys.argv[1:])
shutil.rmtree(output, ignore_errors=True)
run = output / 'digits/nice'


def command(*options):
    return [SCRIPT, '--only', 'nice', '--data', 'digits', '--programs', programs, '--output', output, '--threads', '1', *options]


def said(*options, status=0):
    done = subprocess.run(command(*options), capture_output=True, text=True)
    assert done.returncode == status, f'{options}: status {done.returncode}, not {status}:\n{done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def rows(file):
    return file.read_text().splitlines()[1:] if file.exists() else []


# What is wrong is told in a sentence, and nothing begins.
assert "there is no nics; the architectures are nice," in said('--only', 'nics', status=2)
assert 'too short' in said('--seconds', '0.01', status=2)
assert '1 of 1 to run' in said('--seconds', '600', '--dry-run')
assert not output.exists()

# Interrupted by a signal to the script alone, it has saved.
script = subprocess.Popen(command('--seconds', '60'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
until = time.monotonic() + 120
while not (run / 'checkpoint.safetensors').exists():  # written with the first point of the curve, after two thirds of a second
    assert script.poll() is None, script.stdout.read()
    assert time.monotonic() < until, 'no checkpoint in two minutes'
    time.sleep(0.05)
script.send_signal(signal.SIGINT)
text = script.communicate(timeout=60)[0]
assert script.returncode == 130, f'status {script.returncode}:\n{text}'
assert 'Interrupted at step' in text and 'goes on from here' in text, text
before = rows(run / 'curve.csv')
assert before and not (run / 'result.json').exists()

# It goes on there, to the end of other seconds.
text = said('--seconds', '4')
assert 'goes on at step' in text, text
result = json.loads((run / 'result.json').read_text())
curve = rows(run / 'curve.csv')
assert curve[:len(before)] == before and len(curve) > len(before), f'{before}\n{curve}'
assert result['steps'] == int(float(curve[-1].split(',')[0])) > int(float(before[-1].split(',')[0]))
assert 4 <= result['seconds'] < 60 and result['parameters'] == 104192
# Digits are of 17 levels: without learning they take log2(17) = 4.09 bits.
assert result['iwbo'] < result['held_out'] < 4, result
# 64 samples have 7,168 pairs of neighbors: in noise their correlation is within 0.1 by eight deviations.
assert result['neighbors'] > 0.1, result
assert all(seconds > 0 for seconds in result['seconds_of'].values()) and len(result['seconds_of']) == 4

# The page has the row, and as many cells as columns; figures of papers are below.
page = (output / 'architectures.md').read_text()
header = next(line for line in page.splitlines() if line.startswith('| architecture'))
row = next(line for line in page.splitlines() if line.startswith('| NICE |'))
assert row.count('|') == header.count('|'), f'{header}\n{row}'
assert f'**{result["held_out"]:.3f}**' in row and '104,192' in row and 'exact' in row, row
for figure in ('| hybrid | **DenseFlow-74-10** | **2.98** |', 'Improved DDPM', 'VAEBM | 12.19', 'about 1440'):
    assert figure in page, figure
for picture in ('architectures_digits_curves.png', 'architectures_digits_samples.png'):
    assert (output / picture).read_bytes().startswith(b'\x89PNG'), picture

# What is there is not run again.
newest = (run / 'result.json').stat().st_mtime_ns
assert '0 of 1 to run' in said('--seconds', '4', '--dry-run')
said('--seconds', '4')
assert (run / 'result.json').stat().st_mtime_ns == newest
shutil.rmtree(output)
