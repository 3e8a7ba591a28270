"""The gradients of RTRL are those of the plain GRU; and torch.nn.GRU for the form it has."""

from .gru import gru, third_party

__all__ = ["outside", "rtrl_gru"]
rtrl_gru = gru
