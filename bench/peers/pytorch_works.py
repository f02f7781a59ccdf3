"""The works of bench/works.py as PyTorch modules, beside the samples' of tests/judges."""

import pathlib
import sys

from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "judges"))

from networks import DigitsCnn, DigitsDense  # noqa: E402


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if stride != 1 or channels != filters:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + self.shortcut(x))


class Resnet18(nn.Module):
    shape = (3, 224, 224)

    def __init__(self):
        super().__init__()
        stages = []
        for channels, filters in ((64, 64), (64, 128), (128, 256), (256, 512)):
            stages += [Residual(channels, filters, filters // channels), Residual(filters, filters, 1)]
        self.network = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1), *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))

    def forward(self, images):
        return self.network(images / 255)


class Lstm(nn.Module):
    shape = (64, 128)

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(128, 256, batch_first=True)
        self.dense = nn.Linear(256, 10)

    def forward(self, steps):
        return self.dense(self.lstm(steps / 255)[0][:, -1])


class Transformer(nn.Module):
    shape = (128, 256)

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(256, 4, 1024, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.dense = nn.Linear(256, 10)

    def forward(self, steps):
        return self.dense(self.encoder(steps / 255).mean(1))


DigitsCnn.shape = DigitsDense.shape = (1, 28, 28)
WORKS = {"digits-cnn": DigitsCnn, "digits-dense": DigitsDense, "resnet-18": Resnet18, "lstm": Lstm,
         "transformer": Transformer}
