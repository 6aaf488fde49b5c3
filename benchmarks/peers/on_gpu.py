"""What a PyTorch user would do to the peer to make it fast on a GPU: `prepare`, `compile_networks`, `Recorded`."""
import torch
import torch.nn.functional as F

import denseflow_torch as peer

PRECISIONS = ('float', 'tf32', 'bf16')


def check_precision(device, precision):
    """Ends with one sentence unless the precision is there on the device."""
    if device == 'cpu' and precision != 'float':
        raise SystemExit(f'--precision {precision} is for GPUs: leave it out, or use --device cuda.')
    if device == 'cuda' and not torch.cuda.is_available():
        raise SystemExit('PyTorch finds no GPU here: use --device cpu.')


def networks(model):
    """The networks inside the flow: the modules that autocast is for."""
    for m in model.modules():
        if isinstance(m, peer.CouplingNet):
            yield m
        elif isinstance(m, peer.CrossUnitNoise):
            yield m.transformation
        elif isinstance(m, peer.DequantizationFlow):
            yield m.context_init


def in_bf16(forward, device_type):
    """A network with bf16 inside; what it gives to the flow, whose log-determinants are float, is float."""
    def run(x):
        with torch.autocast(device_type, dtype=torch.bfloat16):
            y = forward(x)
        return y.float()
    return run


def prepare(model, device, precision):
    """Moves the model to a GPU and takes out what makes the host wait there: ActNorm's look at its flag in each pass (the
    model must be past its data-dependent start) and the check of inverted matrices."""
    torch.backends.cuda.matmul.allow_tf32 = precision != 'float'
    torch.backends.cudnn.allow_tf32 = precision != 'float'
    torch.backends.cudnn.benchmark = True
    model = model.to(device)
    for m in model.modules():
        if isinstance(m, peer.ActNorm):
            if not m.initialized:
                raise ValueError('ActNorm has to be past its start before the model is prepared.')
            del m._buffers['initialized']
            m.initialized = True
        elif isinstance(m, peer.Conv1x1):
            m.inverse = lambda z, m=m: F.conv2d(z, torch.linalg.inv_ex(m.weight)[0][:, :, None, None])
    if precision == 'bf16':
        for net in networks(model):
            net.forward = in_bf16(net.forward, torch.device(device).type)
    return model


def compile_networks(model):
    """Compiles each network for itself: they are alike, so that this takes minutes where the whole model can take an hour."""
    # A network's code is compiled for each of its sizes.
    torch._dynamo.config.cache_size_limit = 256
    torch._dynamo.config.accumulated_cache_size_limit = 4096
    for net in networks(model):
        net.compile(dynamic=False)


class Recorded:
    """Work on images of one batch size, recorded when it is first run; run(x) then plays it. `peak`: the bytes on the GPU
    at the most while it was recorded, more than before."""

    def __init__(self, work, example):
        self.example = example.clone()
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                work(self.example)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        torch.cuda.empty_cache()  # a recording has memory of its own
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        self.graph = torch.cuda.CUDAGraph()
        # On the stream of the runs before, where libraries and gradients have what belongs to a stream.
        with torch.cuda.graph(self.graph, stream=side):
            self.result = work(self.example)
        self.peak = torch.cuda.max_memory_allocated() - before

    def run(self, x):
        self.example.copy_(x)
        self.graph.replay()
        return self.result
