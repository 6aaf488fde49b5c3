"""Trains the PyTorch peer on CIFAR-10 as train_cifar10 trains densenf: same batches, augmentation, schedule and files.

    python3 train_cifar10_torch.py --data ../shared/data/cifar10 --output out --device cuda --precision tf32 --minutes 10

Leaves curve.csv in the output folder, with the columns of densenf's (step, seconds of training, mean training bits/dim
since the last line, held-out ELBO), and prints one line per evaluation.
"""
import argparse
import gzip
import math
import pathlib
import time

import torch

import denseflow_torch as peer
import on_gpu


def load(folder, name):
    path = folder / (name + '.bin')
    raw = path.read_bytes() if path.exists() else gzip.open(str(path) + '.gz').read()
    records = torch.frombuffer(bytearray(raw), dtype=torch.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32)


class Batches:
    """Shuffled epochs of the images, which lie on the device, each flipped with probability one half and moved by up to
    0.04 of its size, rounded up to whole pixels; pixels from outside repeat the edge."""

    def __init__(self, images, size, seed):
        self.images, self.size = images, size
        self.order = torch.Generator().manual_seed(seed)
        self.left = torch.empty(0, dtype=torch.long)

    def __call__(self):
        if len(self.left) < self.size:
            self.left = torch.randperm(len(self.images), generator=self.order)
        chosen, self.left = self.left[:self.size], self.left[self.size:]
        device = self.images.device
        n, side = self.size, self.images.shape[-1]
        limit = math.ceil(0.04 * side - 1e-9)
        at = torch.arange(side)
        flip = torch.rand(n, generator=self.order) < 0.5
        right, down = torch.randint(-limit, limit + 1, (2, n), generator=self.order)
        columns = (at - right[:, None]).clamp(0, side - 1)
        columns = torch.where(flip[:, None], side - 1 - columns, columns)
        lines = (at - down[:, None]).clamp(0, side - 1)
        where = torch.cat([chosen[:, None], lines, columns], 1).to(device, non_blocking=True)
        chosen, lines, columns = where[:, :1, None], where[:, 1:side + 1, None], where[:, None, side + 1:]
        return self.images[chosen, :, lines, columns].permute(0, 3, 1, 2).float().contiguous()


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--data', type=pathlib.Path, required=True)
    p.add_argument('--files', default='data_batch_1,data_batch_2,data_batch_3,data_batch_4,data_batch_5')
    p.add_argument('--output', type=pathlib.Path, required=True)
    p.add_argument('--model', choices=peer.CONFIGS, default='74-10')
    p.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    p.add_argument('--precision', choices=on_gpu.PRECISIONS, default='float')
    p.add_argument('--variant', choices=('eager', 'compile_networks', 'graph', 'compile_networks_graph'), default='eager')
    p.add_argument('--minutes', type=float, default=0, help='stop after this time; 0: after the steps')
    p.add_argument('--steps', type=int, default=1000)
    p.add_argument('--batch', type=int, default=64)
    p.add_argument('--lr', type=float, default=1e-3)
    p.add_argument('--warmup', type=int, default=5000)
    p.add_argument('--gamma', type=float, default=0.9975)
    p.add_argument('--evaluate-every', type=int, default=200)
    p.add_argument('--evaluation-images', type=int, default=1000)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--threads', type=int, default=2)
    a = p.parse_args()
    on_gpu.check_precision(a.device, a.precision)
    graph = a.variant.endswith('graph')
    if graph and a.device == 'cpu':
        p.error('Variants with a graph are for GPUs: use --device cuda.')
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    train = torch.cat([load(a.data, name) for name in a.files.split(',')]).to(a.device)
    test = load(a.data, 'test_batch')[:a.evaluation_images].to(a.device)
    batches = Batches(train, a.batch, a.seed)
    model = peer.DenseFlow(**peer.CONFIGS[a.model]).to(a.device)
    model.train()
    with torch.no_grad():
        model.log_prob(batches())  # ActNorm's data-dependent start
    model = on_gpu.prepare(model, a.device, a.precision)
    if a.variant.startswith('compile_networks'):
        on_gpu.compile_networks(model)
    # A recorded step reads the learning rate from the GPU.
    rate = torch.tensor(0.0, device=a.device) if graph else 0.0
    opt = torch.optim.Adamax(model.parameters(), lr=rate, **({'capturable': True} if graph else {}))
    steps_per_epoch = max(1, len(train) // a.batch)
    print(f'{sum(q.numel() for q in model.parameters())} parameters, {len(train)} training images, '
          f'{len(test)} held out, {a.variant}, {a.precision}', flush=True)

    def set_rate(step):
        lr = a.lr * (min(1.0, step / a.warmup) if a.warmup else 1.0) * a.gamma ** (step // steps_per_epoch)
        for group in opt.param_groups:
            if graph:
                group['lr'].fill_(lr)
            else:
                group['lr'] = lr

    def update(x):
        opt.zero_grad(set_to_none=True)
        loss = model.bits_per_dim(x)
        loss.backward()
        opt.step()
        return loss.detach()

    # Recording takes three steps before the first; at the rate 0 they move no parameter.
    run = on_gpu.Recorded(update, batches()).run if graph else update
    a.output.mkdir(parents=True, exist_ok=True)
    curve = (a.output / 'curve.csv').open('w')
    print('step,seconds,train,held_out', file=curve, flush=True)
    begun, spent, losses = time.perf_counter(), 0.0, []
    for step in range(1, a.steps + 1):
        start = time.perf_counter()
        model.train()
        set_rate(step - 1)
        losses.append(run(batches()).item())
        spent += time.perf_counter() - start
        if not math.isfinite(losses[-1]):
            raise SystemExit(f'Step {step} stopped: the loss is {losses[-1]}.')
        over = a.minutes > 0 and time.perf_counter() - begun >= 60 * a.minutes
        if step % a.evaluate_every == 0 or step == a.steps:
            model.eval()
            with torch.no_grad():
                total = sum(model.log_prob(x.float()).sum().item() for x in test.split(100))
            held_out = -total / (math.log(2) * test.numel())
            mean = sum(losses) / len(losses)
            print(f'{step},{spent},{mean},{held_out}', file=curve, flush=True)
            print(f'step {step}: training {mean:.4f}, held out {held_out:.4f} bits/dim', flush=True)
            losses = []
        if over:
            print(f'Stopped at step {step}.', flush=True)
            return


if __name__ == '__main__':
    main()
