"""The defect zoo: what `gradcheck zoo` judges."""

from tests.zoo import kernels, layers, lstm, misprints, recurrent

DEFECTS = lstm.DEFECTS + recurrent.DEFECTS + layers.DEFECTS + kernels.DEFECTS + misprints.DEFECTS
