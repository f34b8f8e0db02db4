"""What peak.lua does, in PyTorch: prints megabytes resident before the data and at most."""
import torch


def resident(field):
    for line in open("/proc/self/status"):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024


start = resident("VmRSS")
x, y = torch.randn(128, 50, 256), torch.randn(128, 1)
lstm, head = torch.nn.LSTM(256, 512, batch_first=True), torch.nn.Linear(512, 1)
optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=0.001)
for _ in range(3):
    order = torch.randperm(128)
    for batch in order.split(64):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(head(lstm(x[batch])[0][:, -1]), y[batch]).backward()
        optimizer.step()
print("%.1f %.1f" % (start, resident("VmHWM")))
