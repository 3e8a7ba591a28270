"""The gradients of RTRL are those of the plain GRU; and torch.nn.GRU for the form it has."""

from ..recurrent.gru import gru, third_party

__all__ = ["rtrl_gru", "third_party"]
rtrl_gru = gru
