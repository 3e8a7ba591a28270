"""The twins of attention.py under autograd."""

import torch
from torch.nn import functional

from tests.verdicts.right import attention
from tests.verdicts.right.twin import twin


@twin(attention.flash)
def flash(q, k, v):
    return (q @ k.T * q.shape[1] ** -0.5).softmax(dim=1) @ v


@twin(attention.flash_causal)
def flash_causal(q, k, v):
    hidden = torch.ones(len(q), len(k), dtype=torch.bool).triu(1)
    return (q @ k.T / q.shape[1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(dim=1) @ v


@twin(attention.streaming)
def streaming(q, k, v):
    return (q @ k.T).softmax(dim=1) @ v


@twin(attention.biased_keys)
def biased_keys(x, w_q, w_k, w_v, b_q, b_k, b_v):
    q, k, v = x @ w_q.T + b_q, x @ w_k.T + b_k, x @ w_v.T + b_v
    return (q @ k.T / x.shape[1] ** 0.5).softmax(dim=1) @ v


@twin(attention.biased_keys_known)
def biased_keys_known(x, w_q, w_k, b_k):
    return (x @ w_q.T @ (x @ w_k.T + b_k).T).softmax(dim=1) @ x


@twin(attention.biased_rows)
def biased_rows(scores, shift, v):
    return (scores + shift[:, None]).softmax(dim=1) @ v


@twin(attention.one_value)
def one_value(q, k, v):
    return (q @ k.T).softmax(dim=1) @ v.expand(len(k), -1)


@twin(attention.additive)
def additive(q, k, w, c):
    return (torch.tanh(q[:, None] + k) @ w + c).softmax(dim=1) @ k


@twin(attention.multi_head)
def multi_head(x, w_qkv, head):
    B, T, E = x.shape
    q, k, v = (part.reshape(B, T, *head.shape).transpose(1, 2) for part in (x @ w_qkv.T).chunk(3, dim=2))
    p = (q @ k.transpose(2, 3) * head.shape[1] ** -0.5).softmax(dim=3)
    return (p @ v * head[:, None]).transpose(1, 2).reshape(B, T, E)


@twin(attention.pooled)
def pooled(x, query):
    return ((x @ query).softmax(dim=1)[:, :, None] * x).sum(dim=1)


@twin(attention.linear_attention)
def linear_attention(q, k, v):
    weights = (functional.elu(q) + 1) @ (functional.elu(k) + 1).T
    return weights @ v / weights.sum(dim=1, keepdim=True)
