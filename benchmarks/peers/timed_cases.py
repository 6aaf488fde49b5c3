"""The PyTorch side of scripts/compare_pytorch: times a piece of work per line of standard input.

    echo "train 4" | python3 timed_cases.py --threads 2 --variant eager

Lines are "train N", "elbo N", "sample N" for batch size N; each is run once and answered with its seconds.
Variants: eager, channels_last, compile.
"""
import argparse
import sys
import time

import torch

import denseflow_torch as peer


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
    log_prob = torch.compile(model.log_prob) if a.variant == 'compile' else model.log_prob
    opt = torch.optim.Adamax(model.parameters(), lr=1e-4)

    def images(n):
        x = torch.randint(0, 256, (n, 3, 32, 32)).float()
        return x.to(memory_format=torch.channels_last) if a.variant == 'channels_last' else x

    def train(n):
        model.train()
        opt.zero_grad()
        x = images(n)
        loss = -log_prob(x).sum() / (x.numel() * 0.6931471805599453)
        loss.backward()
        opt.step()

    def elbo(n):
        model.eval()
        with torch.no_grad():
            log_prob(images(n))

    def sample(n):
        model.eval()
        model.sample(n)

    cases = {'train': train, 'elbo': elbo, 'sample': sample}
    print('ready', torch.__version__, flush=True)
    for line in sys.stdin:
        what, n = line.split()[:2]
        start = time.perf_counter()
        cases[what](int(n))
        print(time.perf_counter() - start, flush=True)


if __name__ == '__main__':
    main()
