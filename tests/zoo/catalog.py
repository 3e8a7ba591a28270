"""The defect zoo: what `gradcheck zoo` judges."""

from tests.zoo import kernels, misprints, recurrent

DEFECTS = recurrent.DEFECTS + kernels.DEFECTS + misprints.DEFECTS
