"""Makes zip.pth, before.pth.tar, nested.pt and module.pth with PyTorch 2."""
import argparse
import collections

import numpy as np
import torch

base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
weights = collections.OrderedDict(
    float=base.clone(), transposed=base.t(), row=base[2], column=base[:, 1], window=base[1:3, 2:5],
    expanded=torch.tensor([1.5]).expand(3, 4), half=(base[:2] / 4).half(), bfloat=(base[:2] * 3).bfloat16(),
    double=base[:1].double() / 3, long=torch.tensor([-5, 2**40]), byte=torch.tensor([0, 200], dtype=torch.uint8),
    bool=torch.tensor([True, False]), scalar=torch.tensor(7), empty=torch.zeros(0, 3),
    parameter=torch.nn.Parameter(torch.tensor([2.5, -1.0])))
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
model(torch.ones(1, 2)).sum().backward()
optimizer.step()
checkpoint = dict(epoch=3, args=argparse.Namespace(lr=0.1), state_dict=weights, optimizer=optimizer.state_dict(), log=np.arange(3.0),
                  best=np.float64(0.5), big=2**70, none=None, set={1, 2})
torch.save(checkpoint, "zip.pth")
torch.save(checkpoint, "before.pth.tar", _use_new_zipfile_serialization=False)
torch.save({"model": {"module.w": torch.ones(2)}}, "nested.pt")
torch.save(model, "module.pth")
