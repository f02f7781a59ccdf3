"""The engine beside PyTorch (training) and ONNX Runtime (inference)."""

import pathlib
import statistics

import works

PEERS = pathlib.Path(__file__).parent / "peers"
PYTORCH, RUNTIME = PEERS / "pytorch.py", PEERS / "onnxruntime_peer.py"
MODELS = pathlib.Path(__file__).parent.parent / "tests" / "models"
DIGITS = [works.SAMPLES / "digits" / f"t10k-{name}-ubyte.gz" for name in ("images-idx3", "labels-idx1")]

# Work, batch, and the ratio to reach with one thread and with two.
TRAINING = [
    ("digits-cnn", 64, (1.7, 1.8)), ("digits-cnn", 256, (1.7, 1.8)), ("digits-dense", 128, (1.3, 1.5)),
    ("lstm", 32, (1.6, 2.5)), ("transformer", 16, (1.2, 1.3)), ("resnet-18", 16, (1.2, 1.3)),
]
INFERENCE = [
    ("resnet-18", 1, 1.3), ("resnet-18", 16, 1.3), ("light/light_resnet50", 1, 1.1), ("mobilenet-v2", 1, 1.1),
    ("light/light_squeezenet", 1, 1.1), ("ultraface", 1, 1.1), ("digits-cnn", 1, 1.5), ("digits-cnn", 32, 1.5),
    ("digits-dense", 1, 1.1), ("digits-dense", 32, 1.1), ("lstm", 1, 1.2), ("lstm", 32, 1.2),
    ("transformer", 1, 1.1),
]


def median_of(measured, key):
    return statistics.median(one[key] for one in measured)


def training_rows(options, run, row):
    """Against the quicker of PyTorch's two ways."""
    for work, batch, targets in TRAINING:
        project = works.project(pathlib.Path(options.scratch), work)
        for threads, target in zip((1, 2), targets):
            ours, eager, compiled = [], [], []
            step = [options.judge, PYTORCH, "step", work, batch, threads]
            for _ in range(options.rounds):
                ours.append(run([options.telar, "bench", project, "--train", "--batch", batch,
                                 "--threads", threads, "--json"], threads)[0])
                eager.append(run(step, threads)[0])
                compiled.append(run([*step, "compiled"], threads)[0])
            best, name = max(((eager, "PyTorch 2.13"), (compiled, "torch.compile")),
                             key=lambda peer: median_of(peer[0], "per_second"))
            title = f"{work}, training, batch {batch}"
            yield row("training", title, threads, "samples/s", median_of(ours, "per_second"),
                      median_of(best, "per_second"), target, name)
            yield row("training", f"{title}, memory", threads, "MB", median_of(ours, "peak_bytes") / 1e6,
                      median_of(eager, "peak_bytes") / 1e6, 2, "PyTorch 2.13")


def process_rows(options, run, row):
    """What a person waits for and what it takes, from the start of the process to its end."""
    project = works.SAMPLES / "digits-cnn.telar"
    train = [options.telar, "train", project, "--epochs", 1, "--workspace", options.scratch,
             "--threads", 2, "--json"]
    epoch = [options.judge, PYTORCH, "epoch", "digits-cnn", 64, 2, *DIGITS]
    starts = [(run([options.telar, "check", project, "--json"])[1], run([options.judge, PYTORCH, "start"])[1])
              for _ in range(options.rounds)]
    peaks = [(run(train, 2)[2], run(epoch, 2)[2]) for _ in range(options.rounds)]
    yield row("training", "start-up to a checked network", 2, "ms",
              *(statistics.median(side) * 1e3 for side in zip(*starts)))
    yield row("training", "digits-cnn, one epoch, peak memory", 2, "MB",
              *(statistics.median(side) / 1e6 for side in zip(*peaks)), 2)


def model_of(options, run, work):
    """The ONNX file of a work: one that ships, or exported after an epoch, for it needs weights."""
    shipped = MODELS / f"{work}.onnx"
    file = pathlib.Path(options.scratch) / f"{work}.onnx"
    if shipped.exists():
        return shipped
    if not file.exists():
        workspace = pathlib.Path(options.scratch) / "weights"
        project = works.project(pathlib.Path(options.scratch), work)
        run([options.telar, "train", project, "--epochs", 1, "--run", work, "--workspace", workspace])
        run([options.telar, "export", work, "--workspace", workspace, "--to", "onnx", "-o", file])
    return file


def inference_rows(options, run, row):
    for work, batch, target in INFERENCE:
        file = model_of(options, run, work)
        for threads in (1, 2):
            ours, peers = [], []
            for _ in range(options.rounds):
                ours.append(run([options.telar, "bench", file, "--batch", batch, "--threads", threads,
                                 "--json"], threads)[0])
                peers.append(run([options.judge, RUNTIME, file, batch, threads])[0])
            title = f"{pathlib.Path(work).name.removeprefix('light_')}, inference, batch {batch}"
            yield row("inference", title, threads, "ms", median_of(ours, "median_ms"),
                      median_of(peers, "median_ms"), target, "ONNX Runtime")
            yield row("inference", f"{title}, memory", threads, "MB", median_of(ours, "peak_bytes") / 1e6,
                      median_of(peers, "peak_bytes") / 1e6, 1, "ONNX Runtime")
