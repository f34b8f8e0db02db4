"""The notebook's work in PyTorch; run.lua times it as a whole process."""
import torch

X = torch.tensor([[[c / 10] for c in range(i, i + 4)] for i in range(6)])
Y = torch.tensor([[(i + 4) / 10] for i in range(6)])

rnn, head = torch.nn.RNN(1, 10, batch_first=True), torch.nn.Linear(10, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.001)


def predict(x):
    return head(rnn(x)[0][:, -1])


for _ in range(100):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(predict(X), Y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(predict(X))
    print(predict(torch.tensor([[[0.6], [0.7], [0.8], [0.9]]])))
    print(predict(torch.tensor([[[-0.1], [0.0], [0.1], [0.2]]])))
