"""The PyTorch side of scripts/compare_pytorch and scripts/check_gpu: times a piece of work per line of standard input.

    echo "train 4" | python3 timed_cases.py --threads 2 --variant eager
    echo "train 64" | python3 timed_cases.py --device cuda --precision bf16 --variant graph

Lines are "train N", "memory N", "elbo N", "sample N" for batch size N; each is run once and answered with its seconds
and the bytes of activations. "memory" is a training step whose activations are measured, which is not a time to
compare; for all others the bytes are 0.

Variants: eager, channels_last, compile; on a GPU also compile_networks (each network for itself), and graph and
compile_networks_graph, whose whole steps are recorded as CUDA graphs.
"""
import argparse
import ctypes
import sys
import time

import torch

import denseflow_torch as peer
import on_gpu


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
    p.add_argument('--variant', default='eager',
                   choices=('eager', 'channels_last', 'compile', 'compile_networks', 'graph', 'compile_networks_graph'))
    p.add_argument('--model', choices=peer.CONFIGS, default='74-10')
    p.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    p.add_argument('--precision', choices=on_gpu.PRECISIONS, default='float')
    a = p.parse_args()
    on_gpu.check_precision(a.device, a.precision)
    if a.device == 'cpu' and a.variant.endswith('graph'):
        p.error('Variants with a graph are for GPUs: use --device cuda.')
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    model = peer.DenseFlow(**peer.CONFIGS[a.model])
    for name, buffer in model.named_buffers():
        if name.endswith('initialized'):
            buffer.fill_(1)
    if a.device == 'cuda':
        model = on_gpu.prepare(model, a.device, a.precision)
    if a.variant == 'channels_last':
        model = model.to(memory_format=torch.channels_last)
    if a.variant.startswith('compile_networks'):
        on_gpu.compile_networks(model)
    # Each batch size is compiled for itself, which is as fast as it gets.
    compiled = (lambda f: torch.compile(f, dynamic=False)) if a.variant == 'compile' else (lambda f: f)
    log_prob, draw = compiled(model.log_prob), compiled(model.sample)
    # A recorded step counts its steps on the GPU.
    graph = a.variant.endswith('graph')
    opt = torch.optim.Adamax(model.parameters(), lr=1e-4, **({'capturable': True} if graph else {}))
    recorded, on_host = {}, {}

    def images(n):
        if a.device == 'cuda':
            if n not in on_host:
                on_host[n] = torch.randint(0, 256, (n, 3, 32, 32), dtype=torch.uint8).pin_memory()
            x = on_host[n].to(a.device, non_blocking=True).float()
        else:
            x = torch.randint(0, 256, (n, 3, 32, 32)).float()
        return x.to(memory_format=torch.channels_last) if a.variant == 'channels_last' else x

    def run(what, work, n):
        """work(images), or its recording."""
        if not graph:
            return work(images(n))
        if (what, n) not in recorded:
            recorded[what, n] = on_gpu.Recorded(work, images(n))
        return recorded[what, n].run(images(n))

    def train(n, set_to_none=True):
        model.train()

        def step(x):
            # Gradients that a recording sets to none and makes anew have their places in its memory.
            opt.zero_grad(set_to_none=set_to_none)
            loss = -log_prob(x).sum() / (x.numel() * 0.6931471805599453)
            loss.backward()
            opt.step()
            return loss.detach()

        loss = run('train', step, n)
        if a.device == 'cuda':
            loss.item()  # as a user does who watches for losses that are not finite

    def memory(n):
        # Weights, gradients and moments are there before and stay in place, so all that is added are activations.
        if graph:
            recorded.clear()  # their memory, which is as much again
            model.train()

            def step(x):
                opt.zero_grad(set_to_none=False)
                loss = -log_prob(x).sum() / (x.numel() * 0.6931471805599453)
                loss.backward()
                opt.step()

            return on_gpu.Recorded(step, images(n)).peak
        if any(q.grad is None for q in model.parameters()):
            train(n)
        if a.device == 'cuda':
            torch.cuda.synchronize()
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            train(n, set_to_none=False)
            return torch.cuda.max_memory_allocated() - before
        reset_peak()
        before = resident('VmRSS')
        train(n, set_to_none=False)
        return resident('VmHWM') - before

    def elbo(n):
        model.eval()
        with torch.no_grad():
            bound = run('elbo', log_prob, n)
            if a.device == 'cuda':
                bound.cpu()

    def sample(n):
        model.eval()
        with torch.no_grad():
            drawn = run('sample', lambda x: draw(x.shape[0]), n) if graph else draw(n)
            if a.device == 'cuda':
                drawn.byte().cpu()

    cases = {'train': train, 'memory': memory, 'elbo': elbo, 'sample': sample}
    print('ready', flush=True)
    for line in sys.stdin:
        what, n = line.split()[:2]
        if a.device == 'cuda':
            torch.cuda.synchronize()
        start = time.perf_counter()
        activations = cases[what](int(n)) or 0
        if a.device == 'cuda':
            torch.cuda.synchronize()
        print(time.perf_counter() - start, activations, flush=True)


if __name__ == '__main__':
    main()
