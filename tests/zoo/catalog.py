"""The defect zoo: what `gradcheck zoo` judges."""

from tests.zoo import kernels, layers, misprints, recurrent

DEFECTS = recurrent.DEFECTS + layers.DEFECTS + kernels.DEFECTS + misprints.DEFECTS
