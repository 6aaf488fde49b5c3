"""The PyTorch side of scripts/compare_pytorch: times a piece of work per line of standard input.

    echo "train 4" | python3 timed_cases.py --threads 2 --variant eager

Lines are "train N", "memory N", "elbo N", "sample N" for batch size N; each is run once and answered with its seconds
and the bytes of activations. "memory" is a training step whose activations are measured, which is not a time to
compare; for all others the bytes are 0. Variants: eager, channels_last, compile.
"""
import argparse
import ctypes
import sys
import time

import torch

import denseflow_torch as peer


def resident(which):
    """Bytes of this process in memory: VmRSS now, VmHWM at the peak since reset_peak."""
    with open('/proc/self/status') as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(which))


def reset_peak():
    ctypes.CDLL('libc.so.6').malloc_trim(0)  # what was freed would count as held
    with open('/proc/self/clear_refs', 'w') as f:
        f.write('5')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--variant', choices=('eager', 'channels_last', 'compile'), default='eager')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    model = peer.DenseFlow()
    for name, buffer in model.named_buffers():
        if name.endswith('initialized'):
            buffer.fill_(1)
    if a.variant == 'channels_last':
        model = model.to(memory_format=torch.channels_last)
    # Each batch size is compiled for itself, which is as fast as it gets.
    compiled = (lambda f: torch.compile(f, dynamic=False)) if a.variant == 'compile' else (lambda f: f)
    log_prob, draw = compiled(model.log_prob), compiled(model.sample)
    opt = torch.optim.Adamax(model.parameters(), lr=1e-4)

    def images(n):
        x = torch.randint(0, 256, (n, 3, 32, 32)).float()
        return x.to(memory_format=torch.channels_last) if a.variant == 'channels_last' else x

    def train(n, set_to_none=True):
        model.train()
        opt.zero_grad(set_to_none=set_to_none)
        x = images(n)
        loss = -log_prob(x).sum() / (x.numel() * 0.6931471805599453)
        loss.backward()
        opt.step()

    def memory(n):
        # Weights, gradients and moments are there before and stay in place, so all that is added are activations.
        if any(q.grad is None for q in model.parameters()):
            train(n)
        reset_peak()
        before = resident('VmRSS')
        train(n, set_to_none=False)
        return resident('VmHWM') - before

    def elbo(n):
        model.eval()
        with torch.no_grad():
            log_prob(images(n))

    def sample(n):
        model.eval()
        draw(n)

    cases = {'train': train, 'memory': memory, 'elbo': elbo, 'sample': sample}
    print('ready', flush=True)
    for line in sys.stdin:
        what, n = line.split()[:2]
        start = time.perf_counter()
        activations = cases[what](int(n)) or 0
        print(time.perf_counter() - start, activations, flush=True)


if __name__ == '__main__':
    main()
