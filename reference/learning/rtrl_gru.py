"""The gradients of RTRL are those of the plain GRU; and torch.nn.GRU for the form it has."""

from ..recurrent.gru import gru, outside

__all__ = ["outside", "rtrl_gru"]
rtrl_gru = gru
